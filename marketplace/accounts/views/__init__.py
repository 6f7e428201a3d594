"""Account pages: a person's own account, and their public pages."""
