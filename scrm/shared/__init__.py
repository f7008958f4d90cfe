"""What every room uses for its records; a record is known here by kind and id alone."""
