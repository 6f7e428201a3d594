"""The pages of the notifications room."""

from flask import Blueprint

bp = Blueprint("notifications", __name__)
