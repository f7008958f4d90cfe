"""WeCom's callback crypt scheme: signature, AES-256-CBC envelope, receiveid (developer page 90968).

Pure functions on bytes and str, no I/O. Our own forty lines instead of ``wechatpy.crypto`` because that one compares
signatures in variable time, parses the body before the signature is checked and raises seven kinds of exceptions.
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # PKCS#7 pads to 32, not to AES's 16 (page 90968)
_RANDOM = 16
_HEADER = _RANDOM + 4


class CryptError(Exception):
    """The message is not what the holder of token and key would have sent; ``code`` is the official library's."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def aes_key(encoding_aes_key: str) -> bytes:
    """Decode the 43-character EncodingAESKey into 32 bytes; `CryptError` -40004 if it is none."""
    if len(encoding_aes_key) != 43 or not encoding_aes_key.isascii() or not encoding_aes_key.isalnum():
        raise CryptError(-40004, "EncodingAESKey must be 43 letters and digits")
    return base64.b64decode(encoding_aes_key + "=")


def new_aes_key() -> str:
    """A random EncodingAESKey."""
    while not (made := base64.b64encode(os.urandom(32)).decode().rstrip("=")).isalnum():
        pass
    return made


def signature(token: str, timestamp: str, nonce: str, encrypt: str) -> str:
    """Lower-case hex SHA-1 over the four values, sorted by bytes and joined with nothing between."""
    parts = sorted(value.encode() for value in (token, timestamp, nonce, encrypt))
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()


def check_signature(token: str, timestamp: str, nonce: str, encrypt: str, given: str) -> None:
    """Compare in constant time; `CryptError` -40001 if the signature is another."""
    try:
        expected = signature(token, timestamp, nonce, encrypt)
        same = hmac.compare_digest(expected.encode(), given.encode())
    except UnicodeEncodeError:
        same = False
    if not same:
        raise CryptError(-40001, "signature mismatch")


def decrypt(key: bytes, encrypt: str, receiveid: str) -> bytes:
    """Open one envelope: Base64 text in, the message's bytes out.

    Raises `CryptError`: -40010 not Base64, -40007 not whole AES blocks, -40008 bad padding or length, -40005 another
    receiveid.
    """
    try:
        cipher = base64.b64decode(encrypt, validate=True)
    except (binascii.Error, ValueError):
        raise CryptError(-40010, "not Base64") from None
    if not cipher or len(cipher) % 16:
        raise CryptError(-40007, "not whole AES blocks")
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    padded = opener.update(cipher) + opener.finalize()
    pad = padded[-1]
    if not 1 <= pad <= BLOCK or pad > len(padded) or padded[-pad:] != bytes([pad]) * pad:
        raise CryptError(-40008, "bad padding")
    plain = padded[:-pad]
    if len(plain) < _HEADER:
        raise CryptError(-40008, "too short")
    (length,) = struct.unpack(">I", plain[_RANDOM:_HEADER])
    end = _HEADER + length
    if end > len(plain):
        raise CryptError(-40008, "length past the end")
    if not hmac.compare_digest(plain[end:], receiveid.encode()):
        raise CryptError(-40005, "receiveid mismatch")
    return plain[_HEADER:end]


def encrypt(key: bytes, message: bytes, receiveid: str, *, random: bytes | None = None) -> str:
    """Seal one message as WeCom does; ``random`` (16 bytes) is given only by tests with fixed vectors."""
    plain = (random or os.urandom(_RANDOM)) + struct.pack(">I", len(message)) + message + receiveid.encode()
    pad = BLOCK - len(plain) % BLOCK
    sealer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    cipher = sealer.update(plain + bytes([pad]) * pad) + sealer.finalize()
    return base64.b64encode(cipher).decode()
