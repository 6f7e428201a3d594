"""Fetches the fonts of PDFs from Debian and npm, licences included: one for each script in which people write today.

Run it on Debian or Ubuntu to update them: `python deploy/vendor_fonts.py` (needs apt, npm and uv), then commit.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from vendor_assets import unpack

FONTS = Path(__file__).resolve().parent.parent / "marketplace" / "fonts"
PACKAGES = ("fonts-noto-core", "fonts-noto-cjk", "fonts-droid-fallback")
SANS = (
    "Adlam", "Arabic", "Armenian", "Balinese", "Bamum", "Batak", "Bengali", "Buginese", "CanadianAboriginal", "Chakma",
    "Cham", "Cherokee", "Coptic", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "HanifiRohingya",
    "Hebrew", "Javanese", "Kannada", "KayahLi", "Khmer", "Lao", "Lepcha", "Limbu", "Lisu", "Malayalam", "Mandaic",
    "MeeteiMayek", "Miao", "Mongolian", "Myanmar", "NKo", "Newa", "NewTaiLue", "OlChiki", "Oriya", "Osage",
    "PahawhHmong", "Rejang", "Samaritan", "Saurashtra", "Sinhala", "SoraSompeng", "Sundanese", "SylotiNagri",
    "Symbols", "Symbols2", "Syriac", "TaiLe", "TaiTham", "TaiViet", "Tamil", "Telugu", "Thaana", "Thai",
    "Tifinagh", "Vai", "Wancho", "WarangCiti", "Yi",
)  # fmt: skip
"""The recommended and limited-use scripts of Unicode's annex 31, tables 5 and 7, that have a Noto Sans in Debian."""
SERIF = ("NyiakengPuachueHmong", "Tibetan")
"""Those that have a Noto Serif alone."""
EMOJI = "@expo-google-fonts/noto-emoji@0.4"


def main() -> None:
    """Replace everything in marketplace/fonts."""
    shutil.rmtree(FONTS, ignore_errors=True)
    FONTS.mkdir()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["apt-get", "download", "-qq", *PACKAGES], cwd=folder, check=True)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        shares = folder / "usr" / "share"
        noto = shares / "fonts" / "truetype" / "noto"
        names = ["NotoSans-Regular", "NotoSans-Bold", *(f"NotoSans{script}-Regular" for script in SANS)]
        for font in [*names, *(f"NotoSerif{script}-Regular" for script in SERIF)]:
            shutil.copy(noto / f"{font}.ttf", FONTS)
        droid = shares / "fonts" / "truetype" / "droid" / "DroidSansFallbackFull.ttf"
        shutil.copy(droid, FONTS)
        cjk = shares / "fonts" / "opentype" / "noto" / "NotoSansCJK-Regular.ttc"
        keep_the_rest(cjk, droid, FONTS / "NotoSansCJK-Rest.otf")
        emoji = unpack(EMOJI, folder / "emoji")
        shutil.copy(next(emoji.rglob("NotoEmoji_400Regular.ttf")), FONTS / "NotoEmoji-Regular.ttf")
        shutil.copy(shares / "doc" / "fonts-noto-core" / "copyright", FONTS / "noto.LICENSE.txt")
        shutil.copy(shares / "doc" / "fonts-droid-fallback" / "copyright", FONTS / "droid.LICENSE.txt")


def keep_the_rest(collection: Path, covered: Path, target: Path) -> None:
    """Write the letters of `collection` that `covered` lacks (Korean, rare Han) to `target`; the whole has 19 MB."""
    code = (
        "import sys; from fontTools.ttLib import TTFont; whole, covered = "
        "(set(TTFont(path, fontNumber=0)['cmap'].getBestCmap()) for path in sys.argv[1:]);"
        "print(','.join(f'{one:X}' for one in sorted(whole - covered) if one > 0x1100))"
    )
    tool = ["uv", "run", "--no-project", "--with", "fonttools"]
    listed = subprocess.run(
        [*tool, "python", "-c", code, collection, covered], check=True, capture_output=True, text=True
    )
    (target.parent / "rest.txt").write_text(listed.stdout)
    subprocess.run(
        [*tool, "pyftsubset", collection, "--font-number=0", f"--unicodes-file={target.parent / 'rest.txt'}",
         f"--output-file={target}", "--no-hinting", "--desubroutinize", "--layout-features=ccmp,locl"],
        check=True,
    )  # fmt: skip
    (target.parent / "rest.txt").unlink()


if __name__ == "__main__":
    main()
