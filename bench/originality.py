"""How long one originality lookup takes among a million stored prototypes, beside a look at all of them with numpy."""

from __future__ import annotations

import argparse
import secrets
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from config.settings import load_settings
from marketplace.app import create_app
from marketplace.checker.likeness.compare import PERMUTATIONS, PICTURE_BANDS, TEXT_BANDS, PageFingerprint, bands_of
from marketplace.core.database import db
from marketplace.prototypes.originality.index import alike
from tests.support.factories import START

BATCH = 20_000
BANDS = TEXT_BANDS + PICTURE_BANDS
COLUMNS = "prototype_id, revision, at, words, minhash, picture_hash"
LOOKUPS = 200


def made_up(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Prints of unrelated pages: 128 hashes and 256 bits each."""
    chance = np.random.default_rng(1)
    return (
        chance.integers(0, 2**32, (number, PERMUTATIONS), np.uint32),
        chance.integers(0, 256, (number, 32), np.uint8),
    )


def fill(file: str, hashes: np.ndarray, pictures: np.ndarray) -> None:
    """Store them with their bands in order, straight through the driver: a million take two or three minutes."""
    total = len(hashes)
    driver = sqlite3.connect(file)
    driver.execute("PRAGMA synchronous = off")
    driver.execute("DROP INDEX ix_fingerprint_bands_prototype_id")
    keys, ids = np.empty(total * BANDS, np.int64), np.repeat(np.arange(1, total + 1), BANDS)
    for start in range(0, total, BATCH):
        end = min(start + BATCH, total)
        prints = [PageFingerprint(200, hashes[at].tobytes(), pictures[at].tobytes()) for at in range(start, end)]
        keys[start * BANDS : end * BANDS] = [band for one in prints for band in bands_of(one)]
        rows = [(at, START.isoformat(" "), one.text, one.picture) for at, one in enumerate(prints, start + 1)]
        driver.executemany(f"INSERT INTO fingerprints ({COLUMNS}) VALUES (?, 1, ?, 200, ?, ?)", rows)
        print(f"\r  printed {end:,} of {total:,}", end="", flush=True)
    order = np.lexsort((ids, keys))
    for start in range(0, len(order), BATCH * 10):
        part = order[start : start + BATCH * 10]
        pairs = zip(keys[part].tolist(), ids[part].tolist(), strict=True)
        driver.executemany("INSERT INTO fingerprint_bands (band, prototype_id) VALUES (?, ?)", pairs)
        print(f"\r  indexed {start + len(part):,} of {len(order):,}      ", end="", flush=True)
    print()
    driver.execute("CREATE INDEX ix_fingerprint_bands_prototype_id ON fingerprint_bands (prototype_id)")
    driver.execute("ANALYZE")
    driver.commit()
    driver.close()


def near_copies(hashes: np.ndarray, number: int) -> list[tuple[int, PageFingerprint]]:
    """(id, print) of pages that share 85 % with a stored one."""
    chance = np.random.default_rng(2)
    found = []
    for at in chance.integers(0, len(hashes), number):
        copy = hashes[at].copy()
        changed = chance.random(PERMUTATIONS) < 0.15
        copy[changed] = chance.integers(0, 2**32, changed.sum(), np.uint32)
        found.append((int(at) + 1, PageFingerprint(200, copy.tobytes(), secrets.token_bytes(32))))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prototypes", type=int, default=1_000_000)
    total = parser.parse_args().prototypes
    hashes, pictures = made_up(total)
    asked = near_copies(hashes, LOOKUPS)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings(data_dir=Path(folder)))
        with app.app_context():
            db.create_all()
            started = time.perf_counter()
            fill(str(db.engine.url.database), hashes, pictures)
            print(f"  filled in {time.perf_counter() - started:.0f} s ({db.engine.dialect.name})")
            times, hits = [], 0
            for id_, one in asked:
                started = time.perf_counter()
                hits += id_ in alike(one)
                times.append(time.perf_counter() - started)
                db.session.rollback()
    brute = []
    for _, one in asked[:10]:
        started = time.perf_counter()
        np.flatnonzero((hashes == np.frombuffer(one.text or b"", np.uint32)).mean(axis=1) >= 0.8)
        brute.append(time.perf_counter() - started)
    ours, theirs = statistics.median(times), statistics.median(brute)
    slow = sorted(times)[int(len(times) * 0.95)]
    print(
        f"  index      {ours * 1000:7.2f} ms, 95 % within {slow * 1000:.2f} ms; found {hits} of {LOOKUPS} near-copies"
    )
    print(f"  all pairs  {theirs * 1000:7.2f} ms (numpy, in memory)")
    print(f"originality lookup: all pairs / index = {theirs / ours:.0f} among {total:,} prototypes")


if __name__ == "__main__":
    main()
