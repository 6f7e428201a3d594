"""One module per page. Each page belongs to the blueprint of its room, so that links name that room."""
