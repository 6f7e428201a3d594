"""Help pages, and the documents on the rank from the repository."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.visitor import Visitor


@pytest.mark.parametrize("name", ["ranking", "ranking-study"])
def test_document_is_shown_with_its_pictures_and_links(visitor: Callable[[], Visitor], name: str) -> None:
    anybody = visitor()
    page = anybody.page(f"/help/{name}.md")
    paths = [image.attributes["src"] for image in page.css("main img")]
    paths += [link.attributes["href"] for link in page.css("main .prose a")]
    assert paths
    for path in paths:
        with anybody.get(f"/help/{path}") as answer:
            assert answer.status_code == 200, path


@pytest.mark.parametrize("path", ["/help/roadmap.md", "/help/..%2FREADME.md", "/help/ranking/none.svg", "/help/none"])
def test_nothing_else_is_shown(visitor: Callable[[], Visitor], path: str) -> None:
    assert visitor().get(path).status_code == 404
