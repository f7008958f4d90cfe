"""From "this person must be told" to the card in WeCom and what became of it, said once for all rooms."""
