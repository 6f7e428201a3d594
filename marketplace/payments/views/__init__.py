"""Pages about money: paying, the statement, invoices, payouts, and the sandbox's pretended pages."""

from marketplace.payments.views import invoices, paying, payouts, sandbox, statement, webhooks
from marketplace.payments.views.blueprint import bp

__all__ = ["bp", "invoices", "paying", "payouts", "sandbox", "statement", "webhooks"]
