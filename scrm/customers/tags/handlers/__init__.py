"""What tags hear of, and which answers they take."""
