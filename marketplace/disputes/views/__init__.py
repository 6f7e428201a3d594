"""Views of the disputes room."""
