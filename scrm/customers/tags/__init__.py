"""Tags of customers, by group."""
