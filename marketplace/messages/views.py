"""The pages of the messages room."""

from flask import Blueprint

bp = Blueprint("messages", __name__)
