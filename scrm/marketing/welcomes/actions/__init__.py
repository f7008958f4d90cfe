"""Actions of welcome messages."""
