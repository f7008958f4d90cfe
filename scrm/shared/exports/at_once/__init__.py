"""Tables for a spreadsheet program: one encoding, one guard, a row in the trail, nothing kept on the way."""
