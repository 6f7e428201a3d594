"""The blueprint that all pages of the room hang on."""

from flask import Blueprint

bp = Blueprint("moderation", __name__)
