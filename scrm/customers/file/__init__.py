"""The customer file: customers, follow relations, timeline."""
