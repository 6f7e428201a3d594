"""Tests that read as examples; see docs/testing.md."""
