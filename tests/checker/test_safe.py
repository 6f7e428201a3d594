"""Dangers to a visitor, each with a harmless counterpart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from marketplace.checker.audits import safe
from marketplace.checker.audits.facts import PageForm, PageLink
from marketplace.checker.audits.hosts import is_same_host
from marketplace.checker.browser.view import Rendering
from tests.support.audit_inputs import URL, hop, page, rendered, seen

PAY = "https://pay.shop.example/login"
EVIL = "https://evil.example/login"


def form(*actions: str, password: bool = True) -> dict[str, Any]:
    return {"forms": (PageForm(actions, "post", password, ("user",)),)}


@pytest.mark.parametrize(
    ("facts", "what", "tone"),
    [
        (form(EVIL), ["password_elsewhere"], "bad"),
        (form(URL, EVIL), ["password_elsewhere"], "bad"),
        (form("https://shop.example.evil.example/"), ["password_elsewhere"], "bad"),
        (form("http://evil.example/"), ["password_elsewhere", "password_in_the_open"], "bad"),
        (form("http://shop.example/login"), ["password_in_the_open"], "bad"),
        (form(EVIL, password=False), [], "good"),
        (form(URL), [], "good"),
        (form("https://www.shop.example/login"), [], "good"),
        (form(PAY), [], "good"),
        ({"links": (PageLink("https://shop.example/setup.exe", ""),)}, ["program"], "bad"),
        ({"links": (PageLink("https://cdn.example/Setup.MSI?x=1", ""),)}, ["program"], "bad"),
        ({"links": (PageLink("https://shop.example/app.apk", "", True),)}, ["program"], "bad"),
        ({"links": (PageLink("https://shop.example/menu.pdf", "", True),)}, [], "good"),
        ({"links": (PageLink("https://shop.example/?next=setup.exe", ""),)}, [], "good"),
        ({"links": (PageLink("https://shop.example/exe", ""),)}, [], "good"),
        ({"links": (PageLink("https://shop.example/setup%2Eexe", ""),)}, ["program"], "bad"),
        ({"links": (PageLink("https://shop.example/download?file=Setup.exe", ""),)}, ["program"], "bad"),
        ({"links": (PageLink("https://shop.example/download?1=setup%2Eexe&v=2", ""),)}, ["program"], "bad"),
        ({"links": (PageLink("https://shop.example/get?filename=setup.exe", ""),)}, ["program"], "bad"),
        ({"links": (PageLink("https://shop.example/download?file=menu.pdf", ""),)}, [], "good"),
        ({"links": (PageLink("https://shop.example/profile?next=setup.exe", ""),)}, [], "good"),
        ({"links": (PageLink("https://shop.example/search?q=setup.exe", ""),)}, [], "good"),
        ({"links": (PageLink("https://shop.example/get?id=3", "", True, "Setup.EXE"),)}, ["program"], "bad"),
        ({"links": (PageLink("https://shop.example/get?id=3", "", True, "menu.pdf"),)}, [], "good"),
        ({"scripts": ("http://cdn.example/a.js",)}, ["mixed_content"], "note"),
        ({"images": ("http://cdn.example/a.png",)}, ["mixed_content"], "note"),
        ({"images": ("https://cdn.example/a.png",)}, [], "good"),
        ({"links": (PageLink("http://friends.example/", ""),)}, [], "good"),
        ({"refresh": "https://evil.example/"}, ["redirect"], "note"),
        ({"refresh": "https://shop.example/next"}, [], "good"),
    ],
)
def test_dangers_in_page_markup(facts: dict[str, Any], what: list[str], tone: str) -> None:
    audit = safe.audit(seen(facts=page(**facts)))
    assert [danger["what"] for danger in audit.evidence["dangers"]] == what
    assert audit.tone == tone
    assert bool(audit.mend) == bool(what)


@pytest.mark.parametrize(
    ("urls", "tone"),
    [
        (["https://shop.example/"], "good"),
        (["http://shop.example/", "https://shop.example/", "https://www.shop.example/"], "good"),
        (["https://short.example/x", "https://shop.example/"], "note"),
        (["https://short.example/x", "https://count.example/", "https://shop.example/"], "bad"),
        (["https://short.example/x", "https://shop.example/", "https://short.example/y"], "bad"),
    ],
)
def test_redirects_over_several_hosts(urls: list[str], tone: str) -> None:
    assert safe.audit(seen(*map(hop, urls))).tone == tone


@pytest.mark.parametrize(
    ("sent_to", "what", "tone"),
    [
        ("https://collector.example", ["password_elsewhere"], "bad"),
        ("wss://collector.example:8443", ["password_elsewhere"], "bad"),
        ("https://shop.example.evil.example", ["password_elsewhere"], "bad"),
        ("https://identitytoolkit.googleapis.com.evil.example", ["password_elsewhere"], "bad"),
        ("https://cognito-idp.eu-west-1.amazonaws.com", ["password_to_service"], "note"),
        ("https://some-shop.supabase.co", ["password_to_service"], "note"),
        ("https://shop-api.onrender.com", ["password_elsewhere"], "note"),
        ("https://onrender.com.evil.example", ["password_elsewhere"], "bad"),
        ("https://shop.example", [], "good"),
        ("wss://api.shop.example", [], "good"),
    ],
)
def test_passwords_sent_by_scripts(sent_to: str, what: list[str], tone: str) -> None:
    audit = safe.audit(seen(rendering=rendered(sent_to=(sent_to,))))
    assert [danger["what"] for danger in audit.evidence["dangers"]] == what
    assert audit.tone == tone


@pytest.mark.parametrize(
    ("url", "action", "what", "tone"),
    [
        ("https://app.shop.example/", "https://api.shop.example/login", ["password_elsewhere"], "note"),
        ("https://app.shop.co.uk/", "https://api.shop.co.uk/login", ["password_elsewhere"], "note"),
        ("https://shop.co.uk/", "https://evil.co.uk/login", ["password_elsewhere"], "bad"),
        ("https://app.shop.example/", "https://shop.auth0.com/login", ["password_to_service"], "note"),
        ("https://one.example/", "https://two.example/login", ["password_elsewhere"], "bad"),
    ],
)
def test_forms_that_send_to_neighbours_and_services(url: str, action: str, what: list[str], tone: str) -> None:
    audit = safe.audit(seen(hop(url=url), facts=page(url=url, **form(action))))
    assert [danger["what"] for danger in audit.evidence["dangers"]] == what
    assert audit.tone == tone


def test_form_action_and_rehearsal_give_one_danger() -> None:
    twice = seen(facts=page(**form(EVIL)), rendering=rendered(sent_to=("https://evil.example",)))
    assert [danger["what"] for danger in safe.audit(twice).evidence["dangers"]] == ["password_elsewhere"]


def test_script_redirect_counts() -> None:
    assert safe.audit(seen(rendering=rendered(url="https://elsewhere.example/"))).tone == "note"
    assert safe.audit(seen(rendering=rendered(url="chrome-error://chromewebdata/"))).tone == "good"


def test_automatic_download_is_reported() -> None:
    assert safe.audit(seen(rendering=rendered(attempts=("download",)))).tone == "bad"
    assert safe.audit(seen(rendering=rendered(attempts=("dialog", "popup")))).tone == "good"


@pytest.mark.parametrize(
    ("path", "content_type", "tone"),
    [
        ("setup.exe", "application/x-msdownload", "bad"),
        ("get?id=3", "application/x-msdownload", "bad"),
        ("get?id=3", "Application/X-Apple-DiskImage; charset=binary", "bad"),
        ("get?id=3", "application/vnd.android.package-archive", "bad"),
        ("setup.exe", "application/octet-stream", "bad"),
        ("setup.exe", "", "bad"),
        ("setup.exe", "text/html; charset=utf-8", "good"),
        ("", "application/octet-stream", "good"),
        ("menu.pdf", "application/pdf", "good"),
    ],
)
def test_link_to_a_program_is_reported(path: str, content_type: str, tone: str) -> None:
    audit = safe.audit(seen(hop(URL + path, content_type=content_type)))
    assert audit.tone == tone
    assert bool(audit.mend) == (tone == "bad")


def test_program_is_reported_without_page_facts() -> None:
    setup = replace(seen(hop(content_type="application/x-msdownload")), facts=None)
    assert safe.audit(setup).sentence == "The link is a program to download, not a page."
    assert safe.audit(replace(seen(), facts=None)).tone == "not_measured"


def test_link_that_starts_a_download_is_reported() -> None:
    audit = safe.audit(seen(rendering=Rendering("not_opened", "It downloads a file.", attempts=("download",))))
    assert (audit.tone, audit.sentence) == ("bad", "Opening the link starts a download.")
    assert audit.mend.startswith("Give the address of a page")


@pytest.mark.parametrize("content_type", ["application/pdf", "application/octet-stream", "application/json", ""])
def test_attachment_is_a_download_without_a_browser(content_type: str) -> None:
    audit = safe.audit(seen(hop(content_type=content_type, attachment=True)))
    assert (audit.tone, audit.sentence) == ("bad", "Opening the link starts a download.")


def test_pdf_that_our_browser_downloads_is_no_danger() -> None:
    rendering = Rendering("not_opened", "It downloads a file.", attempts=("download",))
    assert safe.audit(seen(hop(content_type="application/pdf"), rendering=rendering)).tone == "good"


def test_plain_http_page_has_no_mixed_content_but_open_passwords() -> None:
    plain = page("http://shop.example/", images=("http://shop.example/a.png",))
    assert safe.audit(seen(facts=plain)).tone == "good"
    login = page("http://shop.example/", **form("http://shop.example/login"))
    assert safe.audit(seen(facts=login)).tone == "note"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://shop.example/a", "http://shop.example:8080/b", True),
        ("https://www.shop.example/", "https://SHOP.example/", True),
        ("https://shop.example/", "https://pay.shop.example/", True),
        ("https://one.github.io/", "https://two.github.io/", False),
        ("https://shop.example/", "https://notshop.example/", False),
        ("https://shop.example/", "not a url", False),
    ],
)
def test_host_comparison(one: str, other: str, same: bool) -> None:
    assert is_same_host(one, other) is is_same_host(other, one) is same


@pytest.mark.parametrize(
    ("reason", "code", "what", "tone"),
    [
        ("", "loopback", ["inward"], "note"),
        ("", "local_name", ["inward"], "note"),
        ("not_opened", "private", ["inward"], "bad"),
        ("not_opened", "link_local", ["inward"], "bad"),
        ("", "port", [], "good"),
        ("not_opened", "port", [], "not_measured"),
    ],
)
def test_refused_requests_to_private_addresses(reason: str, code: str, what: list[str], tone: str) -> None:
    asked = {"url": "http://10.0.0.1/", "why": "…", "code": code}
    audit = safe.audit(seen(facts=page(), rendering=rendered(reason=reason, refused_requests=(asked,))))
    assert [danger["what"] for danger in audit.evidence["dangers"]] == what
    assert audit.tone == tone


@pytest.mark.parametrize(
    ("reason", "tone"),
    [("", "good"), ("no_browser", "good"), ("not_opened", "not_measured"), ("timed_out", "not_measured")],
)
def test_page_that_our_browser_could_not_open_is_not_called_safe(reason: str, tone: str) -> None:
    assert safe.audit(seen(rendering=rendered(reason=reason))).tone == tone
