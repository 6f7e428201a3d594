"""Notifying people: a row first, then a mail if they want one."""
