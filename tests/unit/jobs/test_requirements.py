"""Each kind of requirement has readable wording."""

from marketplace.checker import requirement_values
from marketplace.jobs.requirements import KINDS, is_checkable, sentence


def test_every_kind_has_wording_and_only_free_text_is_uncheckable() -> None:
    assert KINDS.keys() == requirement_values.KINDS
    assert all(kind.label and kind.hint for kind in KINDS.values())
    assert [name for name in KINDS if not is_checkable(name)] == ["free"]
    assert sentence("page", "/prices") == "There is a page at /prices"
    assert sentence("link", "/ -> /prices") == "There is a link from / to /prices"
    assert sentence("image", "wall") == "There is an image described as “wall”"
    assert sentence("image", "") == "There is an image with alternative text"
