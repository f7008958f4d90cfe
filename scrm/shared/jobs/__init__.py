"""One action on many records: preview, progress, what was refused and why, and undoing."""
