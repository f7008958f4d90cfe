"""Pictures: decoded before they are kept, and bounded by pixels, not by bytes alone.

Pillow instead of the first bytes: a file that begins like a picture can be anything, and one of 40 KB can have a
billion pixels.
"""

import base64
import binascii
import io
import threading

from PIL import Image

from scrm.shared.files.errors import PictureInvalid, PictureSizeWrong, PictureTooManyPixels

BYTES = 10 * 2**20  # page 90253
PIXELS = 50_000_000
_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png"}  # MPO: the JPG of many a phone
Image.MAX_IMAGE_PIXELS = None  # Pillow's own bound warns in the log first; ours is below it
_one_at_a_time = threading.Lock()  # a decoded picture takes up to 200 MB


def decoded(text: str) -> tuple[bytes, str]:
    """A picture that was sent as Base64, and its content type; raises what is wrong with it."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise PictureInvalid() from None
    return data, picture_type(data)


def picture_type(data: bytes) -> str:
    """JPG or PNG, decoded to the end; raises `PictureInvalid`, `PictureSizeWrong` or `PictureTooManyPixels`."""
    if not 5 < len(data) <= BYTES:
        raise PictureSizeWrong(bytes=len(data), limit=BYTES)
    try:
        with _one_at_a_time, Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            width, height = picture.size
            if width * height > PIXELS:
                raise PictureTooManyPixels(width=width, height=height, limit=PIXELS // 10_000)
            picture.load()
            return _TYPES[picture.format or ""]
    except (OSError, SyntaxError, ValueError, KeyError, EOFError):
        raise PictureInvalid() from None
