"""Actions of customer groups."""
