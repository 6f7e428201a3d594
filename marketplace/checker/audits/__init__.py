"""The auditors: each takes what was seen of a prototype and says one thing about it, with its evidence."""
