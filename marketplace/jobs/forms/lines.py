"""The form of a job's requirements: lines added, removed and moved by buttons, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import FieldList, Form, FormField, SelectField, StringField

from marketplace.checker.requirement_values import FREE, MAX_VALUE_LENGTH, problem, tidy
from marketplace.jobs.forms.spec import TopicForm
from marketplace.jobs.models import Job
from marketplace.jobs.requirements import KINDS, MAX_REQUIREMENTS
from marketplace.jobs.spec import SpecProblem


class LineForm(Form):
    """One requirement."""

    kind = SelectField("Kind", choices={name: kind.label for name, kind in KINDS.items()})
    value = StringField("Value")


class RequirementsForm(TopicForm):
    """The list of requirements, with buttons that add, remove and move lines."""

    lines = FieldList(FormField(LineForm))

    def rows(self) -> list[tuple[str, str]]:
        """(kind, value) of each line as typed."""
        return [(line["kind"] or FREE, line["value"] or "") for line in self.lines.data]

    def changes(self) -> dict[str, Any]:
        kept = self._kept()
        fits = all(kind in KINDS and len(value) <= MAX_VALUE_LENGTH for kind, value in kept)
        return {"requirements": tuple(kept)} if fits and len(kept) <= MAX_REQUIREMENTS else {}

    def blame_problems(self, problems: Iterable[SpecProblem], *, whole: bool) -> None:
        for line in self.lines:
            kind, value = line.form.kind.data, tidy(line.form.kind.data, line.form.value.data or "")
            message = problem(kind, value)
            if message and (kind, value) != (FREE, ""):
                line.form.value.errors = [*line.form.value.errors, message]
        self.lines.errors = [line.form.errors for line in self.lines if line.form.errors]
        if len(self._kept()) > MAX_REQUIREMENTS:
            self.form_errors.append(f"Keep {MAX_REQUIREMENTS} requirements at most; these are {len(self._kept())}.")

    def after(self, act: str) -> RequirementsForm:
        """Return the form after button `act`: add, remove-N, up-N or down-N, N counting from 0."""
        rows = self.rows()
        verb, _, index = act.partition("-")
        place = int(index) if index.isascii() and index.isdigit() else -1
        if verb == "add":
            rows.append((FREE, ""))
        elif 0 <= place < len(rows):
            row = rows.pop(place)
            if verb != "remove":
                rows.insert(max(0, place - 1) if verb == "up" else place + 1, row)
        return self.of_rows(rows, self.seen_version())

    @classmethod
    def of(cls, job: Job) -> RequirementsForm:
        """Return the form with the stored lines."""
        return cls.of_rows([(line.kind, line.value) for line in job.requirements], job.version)

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[str, str]], version: int) -> RequirementsForm:
        """Return a form that shows `rows`, or one empty line when there are none."""
        lines = [{"kind": kind, "value": value} for kind, value in rows] or [{"kind": FREE, "value": ""}]
        return cls(formdata=None, data={"lines": lines, "version": version})

    def _kept(self) -> list[tuple[str, str]]:
        """The non-empty lines, stripped; an empty free-text line is no requirement."""
        tidied = ((kind, tidy(kind, value)) for kind, value in self.rows())
        return [row for row in tidied if row != (FREE, "")]
