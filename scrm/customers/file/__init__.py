"""The customer file: customers, follow relations, tags, timeline."""
