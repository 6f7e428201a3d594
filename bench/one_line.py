"""The reference: the smallest page that Flask can serve, under the same server."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def page() -> str:
    """One line."""
    return "ok"
