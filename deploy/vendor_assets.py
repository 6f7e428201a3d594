"""Fetches the third-party assets of pages (Inter, Lucide icons) with npm, licences included.

Run it to update them: `python deploy/vendor_assets.py`, then look at the pages and commit.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "marketplace" / "static" / "vendor"
PACKAGES = {"inter": "@fontsource-variable/inter@5", "lucide": "lucide-static@1"}
FILES = {"inter": "files/inter-latin-wght-normal.woff2"}
ICONS = (
    "award",
    "bell",
    "bookmark",
    "bookmark-check",
    "briefcase",
    "circle-alert",
    "circle-check",
    "circle-help",
    "circle-pause",
    "circle-x",
    "clock",
    "download",
    "external-link",
    "eye",
    "eye-off",
    "file-text",
    "flag",
    "image-off",
    "images",
    "info",
    "link-2-off",
    "loader-circle",
    "lock",
    "mail",
    "menu",
    "message-square",
    "pencil",
    "plus",
    "rotate-cw",
    "search",
    "shield-alert",
    "shield-check",
    "trash-2",
    "triangle-alert",
    "undo-2",
    "user",
    "x",
)


def main() -> None:
    """Replace everything in static/vendor."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, package in PACKAGES.items():
            unpacked = unpack(package, Path(folder) / name)
            shutil.copy(unpacked / "LICENSE", VENDOR / f"{name}.LICENSE.txt")
            if name in FILES:
                source = unpacked / FILES[name]
                shutil.copy(source, VENDOR / f"{name}{''.join(source.suffixes[-1:])}")
            else:
                (VENDOR / "icons.svg").write_text(sprite(unpacked / "icons"))


def unpack(package: str, folder: Path) -> Path:
    """Download `package` into `folder`; gives the folder with its files."""
    folder.mkdir()
    subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def sprite(icons: Path) -> str:
    """One SVG with a symbol per icon."""
    symbols = []
    for name in ICONS:
        inner = re.search(r"<svg[^>]*>(.*)</svg>", (icons / f"{name}.svg").read_text(), re.DOTALL)
        assert inner, name
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inner[1].split())}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    main()
