"""What is checked: a link and the requirements, from a spec file or a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from marketplace.checker.requirement_values import FREE, KINDS, problem, tidy


class NotASpec(ValueError):
    """The text is no spec file; the message names the place and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a job's spec; requirement_values.py says what its value may be."""

    id: str
    kind: str
    """free | page | text | selector | form | link | image | language | phone | https | load_time | color | font."""
    value: str = ""
    """page: /path; text: the text; selector and form: a CSS selector; link: "/path -> /path"; image: words of its
    alternative text, or empty; language: its tag (BCP 47); load_time: seconds; color: "#rrggbb"; font: its family."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """One link to check, and what to try on it."""

    url: str
    key: str = ""
    """The caller's identifier for this check; copied into the record."""
    cause: str = "asked"
    requirements: tuple[Requirement, ...] = ()
    free_lines: tuple[tuple[str, str], ...] = ()
    """(id, text) of what the client wrote in their own words; a full check hints at where the page answers them."""
    token: str = ""
    """The token that proves control of the site when it is found there."""


class SpecLine(BaseModel):
    """One line of a spec file."""

    model_config = ConfigDict(extra="forbid")
    kind: str
    value: str = ""
    id: str = ""

    @model_validator(mode="after")
    def _can_be_tried(self) -> Self:
        if self.kind not in KINDS:
            words = f"no kind of requirement is called {self.kind!r}; there are {', '.join(sorted(KINDS))}."
            raise PydanticCustomError("kind", "{words}", {"words": words})
        self.value = tidy(self.kind, self.value)
        if wrong := problem(self.kind, self.value):
            raise PydanticCustomError("value", "{kind}: {wrong}", {"kind": self.kind, "wrong": wrong})
        return self


class Spec(BaseModel):
    """A spec file: {"requirements": [{"kind", "value"}]}; kinds as in docs/evidence.md."""

    requirements: list[SpecLine]

    @classmethod
    def read(cls, text: str | bytes) -> Spec:
        """A spec from JSON; raises NotASpec."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"]) or "the file"
            raise NotASpec(f"{place}: {first['msg']}") from error

    def request(self, url: str) -> CheckRequest:
        """The check of `url` against these lines; a line without an id is called by its number, from 1."""
        named = [(line.id or str(number), line) for number, line in enumerate(self.requirements, 1)]
        return CheckRequest(
            url,
            requirements=tuple(Requirement(key, line.kind, line.value) for key, line in named if line.kind != FREE),
            free_lines=tuple((key, line.value) for key, line in named if line.kind == FREE),
        )
