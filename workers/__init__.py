"""Celery workers: thin tasks that call the rooms' services."""
