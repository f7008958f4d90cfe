"""Broadcasts (客户群发): from the draft to a report that adds up."""
