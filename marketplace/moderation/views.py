"""The pages of the moderation room."""

from flask import Blueprint

bp = Blueprint("moderation", __name__)
