"""What a record is, said once: its kind and its fields; the machine that serves them is `scrm.shared.records`."""
