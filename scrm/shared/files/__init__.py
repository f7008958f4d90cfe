"""Files that rooms keep: pictures are looked at before they are kept, and every file is given out the same way."""
