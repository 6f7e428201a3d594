"""Pages about people: their own account, and what others see of them."""

from marketplace.accounts.views import account, addresses, portfolio, profile, testimonials
from marketplace.accounts.views.blueprint import bp

__all__ = ["account", "addresses", "bp", "portfolio", "profile", "testimonials"]
