"""Verbs of handovers; the only writers of their tables."""
