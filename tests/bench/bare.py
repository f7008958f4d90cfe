"""The least that a callback handler can do: verify, decrypt, insert, commit. What ours is measured against.

Served by the same server with the same threads; `BENCH_…` variables hold what ours looks up.
"""

import base64
import hashlib
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_TOKEN = os.environ.get("BENCH_TOKEN", "")
_KEY = base64.b64decode(os.environ.get("BENCH_AES_KEY", "") + "=")
_DATABASE = os.environ.get("BENCH_DATABASE", "")
_here = threading.local()


def opened(timestamp: str, nonce: str, signature: str, encrypted: str, *, token: str, key: bytes) -> bytes:
    """Check the signature and decrypt; nothing is looked at twice."""
    parts = sorted((token, timestamp, nonce, encrypted))
    if hashlib.sha1("".join(parts).encode()).hexdigest() != signature:
        raise ValueError("signature")
    opener = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = opener.update(base64.b64decode(encrypted)) + opener.finalize()
    length = int.from_bytes(plain[16:20], "big")
    return plain[20 : 20 + length]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI entry."""
    query = dict(pair.split("=", 1) for pair in environ["QUERY_STRING"].split("&"))
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
    encrypted = body.partition("<Encrypt>")[2].partition("</Encrypt>")[0]
    message = opened(query["timestamp"], query["nonce"], query["msg_signature"], encrypted, token=_TOKEN, key=_KEY)
    connection = getattr(_here, "connection", None)
    if connection is None:
        connection = _here.connection = psycopg.connect(_DATABASE, autocommit=True)
    connection.execute(
        "INSERT INTO bench.wecom_inbox (app, digest, body, received_at, due_at)"
        " VALUES ('customer', %s, %s, now(), now()) ON CONFLICT (app, digest) DO NOTHING",
        (hashlib.sha256(message).digest(), message),
        prepare=True,
    )
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return [b""]
