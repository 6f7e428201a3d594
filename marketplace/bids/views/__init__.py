"""The pages of the bids room."""
