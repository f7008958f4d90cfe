"""Verbs of rules; the only writers of their tables."""
