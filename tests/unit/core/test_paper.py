"""PDFs render what people write: letters of every living script, whole words, formatted Markdown."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader

from marketplace.core.paper import PaperPart, pdf

MADE_AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
NAMES = {
    "Latin": "Łucja Żółć Nguyễn",
    "Greek": "Ελένη",
    "Cyrillic": "Ольга",
    "Chinese": "王小明",
    "rare Chinese": "𠮷野",
    "Japanese": "やまだ タロウ",
    "Korean": "김민수",
    "Devanagari": "राम",
    "Bengali": "রবি",
    "Gurmukhi": "ਅਮਨ",
    "Gujarati": "અમન",
    "Oriya": "ରବନ",
    "Tamil": "ராம",
    "Telugu": "రామ",
    "Kannada": "ರಾಮ",
    "Malayalam": "രാമ",
    "Sinhala": "අමල",
    "Thai": "สมชาย",
    "Lao": "ສມຊາຍ",
    "Myanmar": "အောင",
    "Khmer": "សុខ",
    "Tibetan": "བཀྲཤས",
    "Georgian": "ნინო",
    "Armenian": "Անահիտ",
    "Ethiopic": "አበበ",
    "Cherokee": "ᏣᎳᎩ",
    "Canadian syllabics": "ᐃᓄᒃ",
    "Mongolian": "ᠮᠣᠩ",
    "Thaana": "ދވހ",
    "N'Ko": "ߒߞߏ",
    "Tifinagh": "ⵣⵉⵔⵉ",
    "Yi": "ꆈꌠ",
    "Adlam": "𞤀𞤁",
    "emoji": "🎉",
}


def pages_of(content: bytes) -> Any:
    return PdfReader(io.BytesIO(content)).pages


def text_of(*parts: PaperPart) -> str:
    return " ".join(page.extract_text() for page in pages_of(pdf("A paper", parts, MADE_AT)))


@pytest.mark.parametrize("script", NAMES)
def test_every_letter_of_a_name_is_printed(script: str) -> None:
    assert set(NAMES[script]) - set(text_of(PaperPart(NAMES[script]))) <= {" "}


@pytest.mark.parametrize("name", ["محد", "דוג", "ܐܒܓ"])
def test_right_to_left_names_are_set_right_to_left(name: str) -> None:
    places: dict[str, float] = {}

    def note(text: str, position: list[float], *_rest: Any) -> None:
        places.update({letter: position[4] for letter in text if letter in name})

    for page in pages_of(pdf("A paper", [PaperPart(f"The client is {' '.join(name)}.")], MADE_AT)):
        page.extract_text(visitor_text=note)
    first, second, third = (places[letter] for letter in name)
    assert first > second > third


@pytest.mark.parametrize(("text", "is_right"), [("(1) مرحبا hello", True), ("hello مرحبا", False), ("12", False)])
def test_paragraph_starts_at_the_side_of_its_first_letter(text: str, is_right: bool) -> None:
    places: list[float] = []

    def note(piece: str, position: list[float], *_rest: Any) -> None:
        places.extend([position[4]] if piece.strip() and piece.strip() != "1 / 1" else [])

    for page in pages_of(pdf("A paper", [PaperPart(text)], MADE_AT)):
        page.extract_text(visitor_text=note)
    assert (max(places) > 300) == is_right  # points; an A4 page has 595


def test_word_longer_than_a_line_is_broken_without_loss() -> None:
    address = "https://example.com/" + "a1b2c3" * 60
    assert address in text_of(PaperPart(address)).replace("\n", "").replace("\u200b", "")


def test_markdown_is_formatted_without_its_markup() -> None:
    text = text_of(
        PaperPart(
            "## Pages\n\nA **bold** [link](https://example.com/x)\n\n1. one\n2. two\n\n|a|b|\n|-|-|\n|c|d|", "markdown"
        )
    )
    assert "A bold link" in text.replace("\n", " ")
    assert not set("*#|[]") & set(text)
    assert all(word in text for word in ("Pages", "one", "two", "a", "b", "c", "d"))


@pytest.mark.parametrize(
    "hostile",
    [
        '#read("/etc/passwd")',
        "#panic()",
        "$x$ @label <label> `raw`",
        "*" * 500,
        "> " * 90 + "deep",
        "- " * 90 + "deep",
        "".join(f"{'  ' * depth}- {depth}\n" for depth in range(60)),
        "**a *b " * 100 + "*c** " * 100,
        "[a](" * 80,
        "99999999999. far",
        "|a|\n|-|",
        "\\u{0}",
        "<script>",
    ],
)
@pytest.mark.parametrize("kind", ["text", "markdown", "title", "note"])
def test_input_is_never_executed_as_typst_commands(hostile: str, kind: Any) -> None:
    assert pages_of(pdf(hostile, [PaperPart(hostile, kind)], MADE_AT))


def test_links_lead_only_to_web_and_mail_addresses() -> None:
    content = pdf(
        "A paper",
        [PaperPart("[x](javascript:alert(1)) [y](file:///etc/passwd) [z](https://example.com/)", "markdown")],
        MADE_AT,
    )
    targets = [link.get_object()["/A"]["/URI"] for page in pages_of(content) for link in page.get("/Annots", [])]
    assert targets == ["https://example.com/"]


def test_same_text_gives_same_bytes() -> None:
    first, second = (pdf("A paper", [PaperPart("王小明")], MADE_AT) for _ in range(2))
    assert first == second
