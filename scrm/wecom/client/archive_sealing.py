"""Opening sealed messages: the private key of their version, then ``DecryptData`` (page 91774).

Runs in a child process (`archive_process`): RSA takes nine tenths of the time of a message.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from scrm.wecom.client.archive_sdk import SdkError
from scrm.wecom.port.archive import Sealed

Row = tuple[int, str, str]  # publickey_ver, encrypt_random_key, encrypt_chat_msg
Decrypt = Callable[[str, str], bytes]  # raises SdkError

_SHORTEST_KEY = 32  # characters; the sample of page 91774 has 88, a few random bytes are printable by chance
_TRIES = 2
_OF_THE_MESSAGE = {10002, 10005, 10006, 10008, 10010}  # other codes speak of the library, or of what it stands on
_PADDING = padding.PKCS1v15()


def open_each(decrypt: Decrypt, keys: Mapping[int, str], rows: Sequence[Row]) -> list[bytes | Sealed]:
    """Each message in the clear; ``keys`` are PEM by version."""
    private = {version: _private_key(pem) for version, pem in keys.items()}
    # All keys first: what RSA reads and writes drives everything else out of the caches, each time anew.
    unwrapped = [_random_key(private.get(version), wrapped) for version, wrapped, _ in rows]
    return [_decrypted(decrypt, random_key, sealed) for random_key, (_, _, sealed) in zip(unwrapped, rows, strict=True)]


def decrypt_simulated(encrypt_key: str, encrypt_chat_msg: str) -> bytes:
    """The body cipher of this product's simulator, which stands in for what ``DecryptData`` opens."""
    try:
        sealed = base64.b64decode(encrypt_chat_msg, validate=True)
        return AESGCM(hashlib.sha256(encrypt_key.encode()).digest()).decrypt(sealed[:12], sealed[12:], None)
    except (InvalidTag, binascii.Error, ValueError):
        raise SdkError(10006) from None


def _random_key(private: RSAPrivateKey | None, wrapped: str) -> str | Sealed:
    """The key of one message, or why there is none."""
    if private is None:
        return Sealed.NO_KEY
    try:
        random_key = private.decrypt(base64.b64decode(wrapped), _PADDING).decode("ascii")
    except (ValueError, binascii.Error):
        return Sealed.WRONG_KEY
    # A wrong key may come out as random bytes of random length instead of an error (implicit rejection).
    if len(random_key) < _SHORTEST_KEY or not random_key.isprintable():
        return Sealed.WRONG_KEY
    return random_key


def _decrypted(decrypt: Decrypt, random_key: str | Sealed, sealed: str) -> bytes | Sealed:
    if isinstance(random_key, Sealed):
        return random_key
    for _ in range(_TRIES):
        try:
            return decrypt(random_key, sealed)
        except SdkError as error:
            code = error.code
        except Exception:  # of our own code: over one message, so it is that message's affair
            return Sealed.DECRYPT
        if code in _OF_THE_MESSAGE:
            return Sealed.DECRYPT
    return Sealed.SYSTEM


@lru_cache(maxsize=256)
def _private_key(pem: str) -> RSAPrivateKey | None:
    """None where it cannot be used: its messages wait, as without it, and those of other versions do not."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPrivateKey) else None
