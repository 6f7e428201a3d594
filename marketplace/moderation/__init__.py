"""Reports, the admins' queue, acts on people's things, and the log of every act."""
