"""The room's blueprint."""

from __future__ import annotations

from flask import Blueprint

from marketplace.payments.amounts import amount_hint

bp = Blueprint("payments", __name__)
bp.add_app_template_global(amount_hint)
