"""How persons and companies belong together."""
