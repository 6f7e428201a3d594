"""The pages of the jobs room."""

from flask import Blueprint

bp = Blueprint("jobs", __name__)
