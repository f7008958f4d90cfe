"""Lists as files, written in the background; in `at_once` tables that are sent as they are read."""
