"""The wheel, installed in an environment without a checkout, runs the whole marketplace, and one at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Generator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.product import ROOT, Product, free_port, running_product

PAGES = {
    "/": b"<h1",
    "/jobs": b"<h1",
    "/help/start": b"<h1",
    "/static/icon.svg": b"<svg",
    "/signin": b"password",
}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`marketplace` in a new environment that holds the wheel; the dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder / "venv"))
    python = folder / "venv/bin/python"
    _run(sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-index", "--no-deps", str(wheel))
    (packages,) = (folder / "venv/lib").glob("python*/site-packages")
    # A folder named in a .pth file is searched, but its own .pth files are not read: the checkout stays out of sight.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "venv/bin/marketplace"


@pytest.fixture(scope="module")
def product(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Product]:
    folder = tmp_path_factory.mktemp("data")
    with running_product(folder, "--sample", program=[str(program)], cwd=folder, SAMPLE_PORT="8791") as product:
        yield product


def test_every_file_of_the_product_is_in_the_wheel(program: Path) -> None:
    (wheel,) = program.parents[2].glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    places = {"templates": "marketplace/templates", "migrations": "marketplace/migrations"}
    for folder in ("config", "marketplace", "workers", *places):
        files = [one for one in (ROOT / folder).rglob("*") if one.is_file() and "__pycache__" not in one.parts]
        wanted = {f"{places.get(folder, folder)}/{one.relative_to(ROOT / folder).as_posix()}" for one in files}
        assert wanted
        assert wanted <= packed


def test_nothing_comes_from_the_checkout(program: Path, tmp_path: Path) -> None:
    python = program.with_name("python")
    asked = "import config, marketplace, workers; print(config.__file__, marketplace.__file__, workers.__file__)"
    found = _run(str(python), "-c", asked, cwd=tmp_path).split()
    assert all(Path(place).is_relative_to(program.parents[1]) for place in found)


def test_the_schema_is_brought_up_to_date(program: Path, tmp_path: Path) -> None:
    _run(str(program), "db", "upgrade", cwd=tmp_path, DATA_DIR=str(tmp_path / "data"))
    said = _run(str(program), "ledger", "verify", cwd=tmp_path, DATA_DIR=str(tmp_path / "data"))
    assert "in order" in said


@pytest.mark.parametrize("page", PAGES)
def test_pages_and_what_they_need_are_there(product: Product, page: str) -> None:
    with urlopen(product.url + page) as answer:  # noqa: S310 (our own address)
        assert PAGES[page] in answer.read()


def test_a_second_one_in_the_same_folder_is_refused_in_words(product: Product, program: Path, tmp_path: Path) -> None:
    again = subprocess.run(
        [program, "up"], env=product.environment | {"PORT": str(free_port())},
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert again.returncode == 78
    assert f"Another Prebuilt works in {product.environment['DATA_DIR']}: process " in again.stderr
    assert product.url in again.stderr
    assert "make run DATA_DIR=" in again.stderr
    assert "Traceback" not in again.stderr
    assert "in order" in product.command("ledger", "verify")


def _run(*command: str, cwd: Path = ROOT, **settings: str) -> str:
    environment = os.environ | {"DATABASE_URL": "", "REDIS_URL": "", **settings}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
