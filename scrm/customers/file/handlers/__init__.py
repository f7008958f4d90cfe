"""What the customer file does on events and on WeCom's answers: callbacks, and the steps of a sync."""
