"""Jinja filters."""

from flask import Flask


def init_filters(app: Flask) -> None:
    pass
