"""Verbs of the archive; the only writers of its tables."""
