"""Pictures for uploads."""

import io

from PIL import Image


def drawn(width: int, height: int, kind: str = "PNG") -> bytes:
    """A black picture of this size; one bit a pixel, so that large ones are made quickly."""
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, kind)
    return out.getvalue()
