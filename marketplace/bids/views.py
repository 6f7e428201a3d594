"""The pages of the bids room."""

from flask import Blueprint

bp = Blueprint("bids", __name__)
