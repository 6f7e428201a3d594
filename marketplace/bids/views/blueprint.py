"""The blueprint that this room's pages hang on, and how they find a bid."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("bids", __name__)
