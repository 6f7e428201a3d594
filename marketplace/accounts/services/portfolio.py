"""Portfolio: adding, changing and removing a piece, with its picture in two sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from marketplace.accounts.models import PortfolioItem, User
from marketplace.accounts.pictures import full_and_thumbnail
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.core.events import profile_changed
from marketplace.core.storage import FileStore
from marketplace.core.uploads import NotAccepted

MAX_PIECES = 24


@dataclass(frozen=True, slots=True)
class Piece:
    """The fields of a piece; `picture` holds the uploaded bytes, None without a picture."""

    title: str
    description: str
    link: str
    picture: bytes | None
    picture_alt: str


def add_piece(user: User, piece: Piece, files: FileStore, now: datetime) -> PortfolioItem:
    """Add a piece; raises Invalid for too many pieces or an invalid picture."""
    held = db.session.scalar(select(func.count()).where(PortfolioItem.user_id == user.id)) or 0
    if held >= MAX_PIECES:
        raise Invalid("title", f"A portfolio holds {MAX_PIECES} pieces at most. Remove one first.")
    item = PortfolioItem(user_id=user.id, created_at=now)
    _fill(item, piece, files)
    db.session.add(item)
    _tell(item)
    return item


def change_piece(item: PortfolioItem, piece: Piece, files: FileStore) -> None:
    """Change a piece; without a new picture the old one stays. Raises Invalid for an invalid picture."""
    _fill(item, piece, files)
    _tell(item)


def remove_piece(item: PortfolioItem) -> None:
    """Remove a piece from the portfolio and from the bids that show it.

    Its files stay: the store is content-addressed, so another piece may share them.
    """
    db.session.delete(item)
    _tell(item)


def _fill(item: PortfolioItem, piece: Piece, files: FileStore) -> None:
    if piece.picture is not None:
        try:
            full, thumbnail = full_and_thumbnail(piece.picture)
        except NotAccepted as error:
            raise Invalid("picture", str(error)) from error
        item.picture_key, item.thumbnail_key = files.save(full), files.save(thumbnail)
    item.title, item.description, item.link = piece.title, piece.description, piece.link
    item.picture_alt = piece.picture_alt


def _tell(item: PortfolioItem) -> None:
    db.session.flush()
    profile_changed.send(db.session.get_one(User, item.user_id))
