"""Headless Chromium behind a proxy that asks the guard: what a visitor sees of a page, measured."""
