"""Views of the bids room."""
