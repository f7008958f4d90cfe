"""Broadcasts: plan, sending, lost answers, results, and who may do what."""
