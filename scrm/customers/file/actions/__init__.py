"""The verbs of the customer file, by noun; the only writers of its tables."""
