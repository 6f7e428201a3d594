"""Views of the contracts room."""
