"""The checker as a library: no application, no database."""
