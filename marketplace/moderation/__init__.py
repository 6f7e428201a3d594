"""Moderation: reports, the admins' queue, acts on people's content, and the log of every act."""
