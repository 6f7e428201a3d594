"""Pages of moderation: reporting and answering for everybody, the queue and the log for admins."""

from marketplace.moderation.views import copies, people, queue, weights
from marketplace.moderation.views.blueprint import bp

__all__ = ["bp", "copies", "people", "queue", "weights"]
