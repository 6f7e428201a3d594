"""The pages of the awards room."""

from flask import Blueprint

bp = Blueprint("awards", __name__)
