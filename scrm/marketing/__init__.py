"""Marketing: what is said to many customers at once."""
