"""The flow of every page with a form: show it, carry it out when submitted, or show it again with the input."""

from __future__ import annotations

from collections.abc import Callable

from flask.typing import ResponseReturnValue

from marketplace.core.errors import Conflict, Invalid, demand
from marketplace.web.forms import BaseForm, EditForm, status_of
from marketplace.web.request import once


def form_page(
    form: BaseForm,
    act: Callable[[], str],
    page: Callable[[], str],
    *,
    refusal: str | None = None,
    stored: EditForm | None = None,
    conflict_on: str | None = None,
    conflict_status: int = 409,
    repeatable: bool = False,
) -> ResponseReturnValue:
    """Show the form (`page`); if it was sent and is valid, run `act` once and redirect to what it returns (303).

    Invalid raised by `act` is rolled back and shown beside its field with all input kept (422). Other errors propagate.
    `page` is called after the rollback.

    `refusal`: a policy's refusal of the act, raised when the form is opened; `act` checks again.
    `stored`: for an EditForm, the same form of what is stored now; if that changed, both texts are shown (409).
    `conflict_on`: field beside which a Conflict is shown too ("": on top) instead of propagating,
    with `conflict_status`.
    `repeatable`: the same form may be sent again, e.g. edited after going back; else it counts once.
    """
    if not form.is_sent():
        demand(refusal)
    elif form.validate() and not (stored and isinstance(form, EditForm) and form.clashes_with(stored)):
        try:
            return once(None if repeatable else form.key.data, act)
        except Invalid as wrong:
            form.blame(wrong.field, str(wrong))
        except Conflict as change:
            if conflict_on is None:
                raise
            form.blame(conflict_on, str(change))
            return page(), conflict_status
    return page(), status_of(form)
