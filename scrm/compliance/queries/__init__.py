"""Reads of compliance, one file per noun; each begins at ``visible(actor)``."""
