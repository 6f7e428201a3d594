"""The blueprint of all pages of the room."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
