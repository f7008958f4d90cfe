"""WeCom's crypt scheme once more, written from developer page 90968 alone: what another implementation would send.

Nothing of `scrm.wecom.crypt` is used, and the envelope is laid out differently from the simulator's.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC


@dataclass(frozen=True)
class Envelope:
    """A sealed callback: query and body, with what is needed to seal it anew."""

    query: dict[str, str]
    body: bytes

    @property
    def query_string(self) -> str:
        return urlencode(self.query)


@dataclass(frozen=True)
class ForeignApp:
    """One app's callback settings in the hands of another implementation."""

    corp_id: str
    token: str
    aes_key: str

    def sign(self, *values: str) -> str:
        return hashlib.sha1("".join(sorted([self.token, *values])).encode()).hexdigest()

    def encrypt(self, message: bytes, receiveid: str | None = None) -> str:
        key = base64.b64decode(f"{self.aes_key}=")
        receiver = (self.corp_id if receiveid is None else receiveid).encode()
        whole = secrets.token_bytes(16) + len(message).to_bytes(4, "big") + message + receiver
        padder = padding.PKCS7(256).padder()
        sealer = Cipher(AES256(key), CBC(key[:16])).encryptor()
        sealed = sealer.update(padder.update(whole) + padder.finalize()) + sealer.finalize()
        return base64.b64encode(sealed).decode()

    def seal(self, message: str | bytes, *, receiveid: str | None = None, timestamp: str = "1700000000") -> Envelope:
        """The message under a new nonce and a new random; ``receiveid`` other than the corp's own on request."""
        content = message.encode() if isinstance(message, str) else message
        encrypted = self.encrypt(content, receiveid)
        nonce = str(secrets.randbelow(10**10))
        query = {
            "nonce": nonce,
            "timestamp": timestamp,
            "msg_signature": self.sign(timestamp, nonce, encrypted),
        }
        body = f"<xml>\n  <Encrypt>{encrypted}</Encrypt>\n  <ToUserName>{self.corp_id}</ToUserName>\n</xml>\n"
        return Envelope(query, body.encode())

    def echo(self, message: str) -> dict[str, str]:
        """The query of the address check."""
        sealed = self.seal(message)
        encrypted = sealed.body.partition(b"<Encrypt>")[2].partition(b"</Encrypt>")[0].decode()
        return {**sealed.query, "echostr": encrypted}


def post(url: str, envelope: Envelope, **options: Any) -> requests.Response:
    """Send a callback on a connection of its own."""
    headers = {"Content-Type": "text/xml", "Connection": "close"}
    return requests.post(
        f"{url}?{envelope.query_string}", envelope.body, headers=headers, timeout=options.pop("timeout", 10), **options
    )


def event(change_type: str, **fields: str) -> str:
    """The inner XML of a customer event, as page 92130 shows it."""
    values = {
        "ToUserName": "toUser",
        "FromUserName": "sys",
        "CreateTime": "1403610513",
        "MsgType": "event",
        "Event": "change_external_contact",
        "ChangeType": change_type,
        **fields,
    }
    return "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items()) + "</xml>"
