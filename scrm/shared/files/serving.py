"""A file as an answer: what is harmless in a browser is shown, all else is downloaded; nobody on the way keeps it."""

import io
from typing import BinaryIO

from flask import Response, send_file

from scrm.shared.files.stored import StoredFile

PICTURES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}
DOWNLOADED = "application/octet-stream"


def row(file: StoredFile) -> Response:
    """A file of the database, of a type that was looked at when it was kept."""
    return _answer(io.BytesIO(file.data), shown=file.content_type, name="")


def stream(file: BinaryIO, *, name: str) -> Response:
    """A file of whoever sent it: a picture, by how it begins, is shown, all else is downloaded under ``name``."""
    head = file.read(4)
    file.seek(0)
    shown = next((kind for magic, kind in PICTURES.items() if head.startswith(magic)), None)
    return _answer(file, shown=shown, name=name)


def _answer(file: BinaryIO, *, shown: str | None, name: str) -> Response:
    """Whole and never out of a cache: each reading of a chat's file is one in the trail."""
    response: Response = send_file(
        file,
        mimetype=shown or DOWNLOADED,
        as_attachment=shown is None,
        download_name=name if shown is None else None,
        conditional=False,
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
