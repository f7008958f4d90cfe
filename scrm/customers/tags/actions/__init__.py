"""What changes tags."""
