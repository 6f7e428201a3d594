"""The public log contains no names and no addresses, whatever people call themselves."""

from __future__ import annotations

import pytest

from marketplace.moderation.wording import changes, names_somebody


@pytest.mark.parametrize(
    ("words", "names", "expected"),
    [
        ("It was copied.", ["Wanda Works"], False),
        ("Wanda copied it.", ["Wanda Works"], True),
        ("This works as it is.", ["Wanda Works"], False),
        ("The bid is a copy.", ["The Web Company"], False),
        ("That is by Company, again.", ["The Web Company"], True),
        ("王芳 copied it.", ["王芳"], True),
        ("Ask me@example.com", [], True),
        ("See www.example.com", [], True),
        ("See HTTPS://example.com", [], True),
    ],
)
def test_which_sentences_name_somebody(words: str, names: list[str], expected: bool) -> None:
    assert names_somebody(words, *names) is expected


def test_changes_are_readable() -> None:
    found = changes({"hidden": False, "state": "no_reply"}, {"hidden": True, "state": "final", "accounts": [1, 2]})
    assert [(one.fact, one.before, one.after) for one in found] == [
        ("Hidden", "no", "yes"), ("State", "no reply", "final"), ("Accounts", "none", "1 and 2")
    ]  # fmt: skip
