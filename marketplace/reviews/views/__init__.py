"""Views of the reviews room."""
