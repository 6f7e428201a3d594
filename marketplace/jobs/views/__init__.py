"""The pages of the jobs room."""

from marketplace.jobs.views import lifecycle, pools, posting, public, topics
from marketplace.jobs.views.blueprint import bp

__all__ = ["bp", "lifecycle", "pools", "posting", "public", "topics"]
