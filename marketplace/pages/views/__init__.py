"""One module a page. Each page hangs on the blueprint of the room that it is about, so links name that room."""
