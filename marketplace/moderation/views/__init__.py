"""Pages of moderation: reporting and answering for everybody; the queue, findings and the log for admins."""
