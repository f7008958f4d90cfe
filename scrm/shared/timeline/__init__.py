"""A customer's timeline: what the file keeps, and what rooms tell of the customer when they are asked."""
