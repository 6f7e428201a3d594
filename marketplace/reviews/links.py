"""Whether two accounts are known to belong to one person: the seam to whoever finds that out."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import current_app

PROVIDER = "accounts are linked"
"""Key in the app's extensions: a function (user id, user id) -> bool. Without one, no two accounts are known to be."""


def are_linked(one: int, other: int) -> bool:
    """What the provider says of the two; False without a provider."""
    provider = cast("Callable[[int, int], bool] | None", current_app.extensions.get(PROVIDER))
    return provider is not None and provider(one, other)
