"""Is it original: fingerprints of text and picture, found again through an index."""
