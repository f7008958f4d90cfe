"""Verbs of marketing; the only writers of its tables."""
