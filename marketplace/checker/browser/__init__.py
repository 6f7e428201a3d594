"""The browser: what a visitor sees of a prototype, measured in headless Chromium behind the guarding proxy."""
