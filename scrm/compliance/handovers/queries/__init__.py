"""Reads of handovers; each begins at ``visible(actor)``."""
