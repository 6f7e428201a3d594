"""Sealed bids: placing, editing, withdrawing, ranking and comparing them."""
