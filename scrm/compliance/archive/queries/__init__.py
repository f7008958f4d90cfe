"""Reads of the archive; each begins at ``visible(actor)``."""
