"""What stands before the application: bodies are read, and places given out, before a thread is taken.

See ``docs/decisions/front.md``.
"""
