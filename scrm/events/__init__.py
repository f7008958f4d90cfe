"""What may be said between rooms: frozen dataclasses, by what they are about."""
