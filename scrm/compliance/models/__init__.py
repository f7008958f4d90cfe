"""Tables of compliance, one file per noun."""
