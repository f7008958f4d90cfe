"""Secrets at rest: a data key per corp, AES-256-GCM, bound to the place where the ciphertext stands.

Envelope encryption: the deployment's secret key derives the key-encryption key, which wraps each corp's data key. The
associated data names table, column and row, so a ciphertext moved elsewhere does not open.
"""

import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
_VERSION = b"\x01"


class SealBroken(Exception):
    """The ciphertext was not made with this key for this place."""


def new_data_key() -> bytes:
    return AESGCM.generate_key(256)


def wrap_key(secret_key: str, data_key: bytes, place: str) -> bytes:
    return seal(_key_encryption_key(secret_key), data_key, place)


def unwrap_key(secret_key: str, wrapped: bytes, place: str) -> bytes:
    return unseal(_key_encryption_key(secret_key), wrapped, place)


def seal(key: bytes, plaintext: bytes, place: str) -> bytes:
    """Encrypt; the result is version ‖ nonce ‖ ciphertext ‖ tag, 29 bytes longer than the plaintext."""
    nonce = os.urandom(_NONCE)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, plaintext, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """Decrypt; raises `SealBroken` if the key, the place or a byte is another."""
    if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE + 16:
        raise SealBroken("unknown format")
    try:
        return AESGCM(key).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], place.encode())
    except InvalidTag:
        raise SealBroken("wrong key or place") from None


def derive(secret_key: str, purpose: str) -> bytes:
    """A 32-byte key for one purpose, from the deployment's secret key (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())


def digest(key: bytes, purpose: str, value: str) -> bytes:
    """16 bytes that find a value again without showing it: HMAC-SHA256 under a key of its own for each purpose."""
    return hmac.digest(_digest_key(key, purpose), value.encode(), "sha256")[:16]


@lru_cache(maxsize=1_000)
def _digest_key(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)


def _key_encryption_key(secret_key: str) -> bytes:
    return derive(secret_key, "scrm key encryption key")
