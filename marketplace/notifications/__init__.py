"""Telling people what happened: a row first, then a mail if they want one."""
