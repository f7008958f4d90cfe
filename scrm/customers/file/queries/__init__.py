"""The reads of the customer file, by noun; each begins at ``visible(actor)``."""
