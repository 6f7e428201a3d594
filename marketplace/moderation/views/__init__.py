"""Pages of moderation: reporting and answering for everybody, the queue, what rules noticed and the log for admins."""
