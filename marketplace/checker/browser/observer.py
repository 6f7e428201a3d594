"""Reads a page through an isolated world that the page's own scripts can't reach.

observer.js starts before the page's scripts. Its results are validated by the types below, since a page can do
anything to its own document.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from playwright.async_api import CDPSession
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from marketplace.checker.audits.fields import PASSWORD
from marketplace.checker.browser.busyness import Busyness
from marketplace.checker.browser.protocol import send

WORLD = "prebuilt"
_HERE = files("marketplace.checker.browser")
OBSERVER_SOURCE = "\n".join(_HERE.joinpath(name).read_text() for name in ("legibility.js", "observer.js"))
PERMISSION_HOOKS = _HERE.joinpath("permission_hooks.js").read_text()
REHEARSAL_SOURCE = _HERE.joinpath("rehearsal.js").read_text()
MAX_HTML = 1_000_000
"""Characters."""

Milliseconds = Annotated[float, Field(ge=0, le=600_000)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Box = tuple[float, float, float, float]
"""Left, top, width, height in CSS pixels from the page's corner."""
Attempt = Literal["permission", "service_worker"]


class _Answer(BaseModel):
    model_config = ConfigDict(strict=False, extra="forbid", frozen=True, allow_inf_nan=False)


class PageMetrics(_Answer):
    """The page at 1280 px, once loaded; fields as in Rendering."""

    load_ms: Milliseconds | None
    lcp_ms: Milliseconds | None
    layout_shift: Annotated[float, Field(ge=0, le=10_000)]
    blocking_ms: Milliseconds
    attempts: Annotated[list[Attempt], Field(max_length=10)]
    title: Annotated[str, Field(max_length=200)]
    language: Annotated[str, Field(max_length=35)]
    text: Annotated[str, Field(max_length=20_000)]
    colors: Annotated[list[Color], Field(max_length=12)]
    fonts: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=8)]


class _Rule(_Answer):
    id: Annotated[str, Field(max_length=60)]
    impact: Annotated[str, Field(max_length=20)]
    help: Annotated[str, Field(max_length=200)]
    nodes: Annotated[int, Field(ge=0)]
    targets: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=5)]


class _Axe(_Answer):
    version: Annotated[str, Field(max_length=20)]
    violations: Annotated[list[_Rule], Field(max_length=60)]
    incomplete: Annotated[list[_Rule], Field(max_length=60)]


_BOXES = TypeAdapter(list[Box | None])
_FORM_COUNT = TypeAdapter(Annotated[int, Field(ge=0, le=3)])
_POINT = TypeAdapter(tuple[float, float] | None)


class NoAnswer(Exception):
    """The page gave no answer, or an invalid one."""


class Observer:
    """Reads and drives one page; the session must belong to it."""

    def __init__(self, session: CDPSession, busyness: Busyness) -> None:
        self._session, self._busyness = session, busyness

    async def watch(self) -> None:
        """Install the scripts; call before navigation."""
        await send(self._session, "Page.enable")
        await self._add(OBSERVER_SOURCE, worldName=WORLD)
        await self._add(PERMISSION_HOOKS)

    async def _add(self, source: str, **options: str) -> None:
        await send(self._session, "Page.addScriptToEvaluateOnNewDocument", source=source, **options)

    async def metrics(self) -> PageMetrics:
        """All measurements but screenshots."""
        return PageMetrics.model_validate(await self._evaluate("prebuilt.metrics()"))

    async def html(self) -> str:
        """The document as it is now."""
        return str(await self._evaluate(f"prebuilt.html({MAX_HTML})"))[:MAX_HTML]

    async def height(self) -> int:
        """Of the whole page, CSS pixels."""
        return _pixels(await self._evaluate("prebuilt.height()"))

    async def overflow(self, width: int) -> int:
        """How many CSS pixels the page is wider than the window, which is `width` wide."""
        return _pixels(await self._evaluate(f"prebuilt.overflow({width})"))

    async def scroll_through(self, height: int) -> None:
        """Scroll down to `height` and back, for lazily loaded content."""
        await self._evaluate(f"prebuilt.scrollThrough({height})")

    async def wait_until_stable(self, seconds: float) -> None:
        """Wait until the document stops changing, for `seconds` at most."""
        slowness = self._busyness.factor
        await self._evaluate(f"prebuilt.waitUntilStable({seconds * slowness * 1000}, {slowness})", seconds + 2)

    async def wait_for_paint(self) -> None:
        """Wait until changes have been painted."""
        await self._evaluate("prebuilt.waitForPaint()")

    async def locate(self, wanted: list[tuple[str, str]]) -> list[Box | None]:
        """The box where each (kind, value) is first met; None where it isn't."""
        return _BOXES.validate_python(await self._evaluate(f"prebuilt.locate({json.dumps(wanted)})"))

    async def audit(self, seconds: float) -> dict[str, Any]:
        """axe-core's result, as in Rendering.axe; may raise TimeoutError."""
        async with self._busyness.timeout(seconds):
            await self._evaluate(_axe(), seconds)
            return _Axe.model_validate(await self._evaluate("prebuilt.audit()", seconds)).model_dump()

    # For the password rehearsal (rehearsal.js)

    async def load_password_forms(self) -> int:
        """Load rehearsal.js; returns how many forms ask for a password, numbered from 0."""
        named = json.dumps(PASSWORD.pattern)
        await self._evaluate(f"{REHEARSAL_SOURCE}\nprebuilt.rehearsal = prebuiltRehearsal({named}); undefined")
        return _FORM_COUNT.validate_python(await self._evaluate("prebuilt.rehearsal.count"))

    async def focus_password_field(self) -> None:
        """Focus the first password field and leave it empty."""
        await self._evaluate("prebuilt.rehearsal.focusPasswordField()")

    async def fill_form(self, number: int, secret: str) -> bool:
        """Fill in the form; returns whether its password field has the focus, with the secret selected."""
        return await self._evaluate(f"prebuilt.rehearsal.fillForm({number}, {json.dumps(secret)})") is True

    async def button_position(self, number: int) -> tuple[float, float] | None:
        """The center of the form's submit button in the window, CSS pixels."""
        return _POINT.validate_python(await self._evaluate(f"prebuilt.rehearsal.buttonPosition({number})"))

    async def submit(self, number: int) -> None:
        """Send the form by script."""
        await self._evaluate(f"prebuilt.rehearsal.submit({number})")

    async def _evaluate(self, expression: str, seconds: float = 5.0) -> Any:
        """Evaluate an expression in the isolated world of the main frame, within a stretched time; raises NoAnswer."""
        frame = (await send(self._session, "Page.getFrameTree"))["frameTree"]["frame"]["id"]
        world = await send(self._session, "Page.createIsolatedWorld", frameId=frame, worldName=WORLD)
        answer = await send(
            self._session,
            "Runtime.evaluate",
            expression=expression,
            contextId=world["executionContextId"],
            awaitPromise=True,
            returnByValue=True,
            timeout=self._busyness.stretched(seconds) * 1000,
        )
        if problem := answer.get("exceptionDetails"):
            raise NoAnswer(str(problem.get("exception", problem))[:300])
        return answer["result"].get("value")


def _pixels(value: object) -> int:
    if not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise NoAnswer(f"no number of pixels: {value!r:.50}")
    return round(value)


@cache
def _axe() -> str:
    """axe-core as it comes with axe-playwright-python, giving back nothing."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text() + "\n;undefined"
