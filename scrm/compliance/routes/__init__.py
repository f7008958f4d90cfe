"""Addresses of compliance, one file per noun."""
