"""Pages of moderation: reporting and answering for everybody, the queue, what rules noticed and the log for admins."""

from marketplace.moderation.views import admins, appeals, copies, flags, mail, pairs, people, queue, ranking, weights
from marketplace.moderation.views.blueprint import bp

__all__ = ["admins", "appeals", "bp", "copies", "flags", "mail", "pairs", "people", "queue", "ranking", "weights"]
