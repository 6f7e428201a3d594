"""Originality: near-copies among prototypes, found through an index of fingerprints."""
