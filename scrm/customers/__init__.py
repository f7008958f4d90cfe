"""Customers: who they are and who follows them, and the groups that they are in."""
