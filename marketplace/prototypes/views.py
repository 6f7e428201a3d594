"""The pages of the prototypes room."""

from flask import Blueprint

bp = Blueprint("prototypes", __name__)
