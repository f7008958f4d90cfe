"""What an archive's child is asked and answers: a JSON head and a body, each after four bytes of length."""

import json
from typing import IO, Any

# Codes of ours in an answer's head, beside those of the library.
NOT_LOADED = -1  # the library is not to be had, or is another
BROKEN = -3  # our own code in the process fails


def write_frame(stream: IO[bytes], head: dict[str, Any], body: bytes) -> None:
    text = json.dumps(head).encode()
    stream.write(len(text).to_bytes(4, "big") + text + len(body).to_bytes(4, "big") + body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; none at the end of the stream, also in the middle of a frame."""
    text = _read_part(stream)
    body = _read_part(stream) if text is not None else None
    if text is None or body is None:
        return None
    head: dict[str, Any] = json.loads(text)
    return head, body


def _read_part(stream: IO[bytes]) -> bytes | None:
    size = stream.read(4)
    if len(size) < 4:
        return None
    length = int.from_bytes(size, "big")
    part = stream.read(length)
    return part if len(part) == length else None
