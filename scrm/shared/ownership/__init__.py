"""Whose records are, beyond who works with them: shares of single records."""
