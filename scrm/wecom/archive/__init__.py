"""Pulling the chat archive: pages by seq, opened with the corp's keys, handed to a sink along with the cursor.

Owns the cursor, parked messages, incidents and media files. What a message means is not known here: `sink` is filled by
`scrm.wiring`. Hears: ``MessagesWaiting``.
"""
