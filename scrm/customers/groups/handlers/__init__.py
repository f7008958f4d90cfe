"""What customer groups hear, and the answers that they wait for."""
