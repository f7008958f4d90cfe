"""The chat archive (会话内容存档, pages 91774 and 91360) as WeCom's servers hold it: sealed messages by seq, and media.

The key of each message is wrapped with the corp's public key, RSA-2048 and PKCS#1 v1.5, as WeCom does it. What
``DecryptData`` opens is opaque in the real library; here it is AES-256-GCM under SHA-256 of the random key.
Messages live in memory, but seq counts on from the clock, so that it never goes back over a restart.
"""

import base64
import hashlib
import json
import os
import threading
import time
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from simulator.world import Corp, Json

WINDOW_SECONDS = 5 * 86_400
PAGE_LIMIT = 1_000
CHUNK = 524_288
CHAT_PER_MINUTE = 4_000
MEDIA_PER_MINUTE = 25_000
_APP_KEY = "archive"


@dataclass(slots=True)
class KeyPair:
    """One version of the corp's key; the administrator uploads the public half and keeps the private one."""

    version: int
    pem: str
    public: RSAPublicKey
    withheld: bool = False  # the private half was lost: it stands in no corp file


@dataclass(slots=True)
class Kept:
    """One archived message: its place, and the envelope as it is sent."""

    seq: int
    at: float
    envelope: bytes
    msgid: str


@dataclass(slots=True)
class MediaFile:
    data: bytes
    at: float


@dataclass
class Archive:
    """The archive of one corp, with a lock of its own; ``poisoned`` and ``said`` are for those who check."""

    corp: Corp
    keys: list[KeyPair]
    lock: threading.RLock = field(default_factory=threading.RLock)
    kept: list[Kept] = field(default_factory=list)
    media: dict[str, MediaFile] = field(default_factory=dict)
    said: dict[str, Json] = field(default_factory=dict)  # msgid to the message in the clear, played ones alone
    poisoned: list[str] = field(default_factory=list)
    refused: set[tuple[str, str]] = field(default_factory=set)  # member and external contact who declined
    calls: dict[str, deque[float]] = field(default_factory=dict)
    served: list[int] = field(default_factory=list)  # seqs that pages were asked from, for the repeat misfortune
    notify_at: float = 0.0
    seq: int = 0
    count: int = 0

    def now(self) -> float:
        """The archive's clock; moved ahead by a habit so that tests see the window pass."""
        return time.time() + self.corp.habits.archive_ahead_seconds

    def next_seq(self, skip: int = 0) -> int:
        """A larger number each time, with small gaps as in life; ``skip`` leaves out so many more."""
        floor = int(time.time() * 1000) << 8 if not self.seq else self.seq
        self.seq = floor + 1 + skip + (self.count % 3 == 2)
        self.count += 1
        return self.seq

    def add(self, message: Json, *, at: float, skip: int = 0, poison: str = "") -> int:
        """Seal a message and put it at the end; its seq."""
        with self.lock:
            envelope = self.seal(message, self.next_seq(skip), poison=poison)
            self.kept.append(Kept(self.seq, at, envelope, message["msgid"]))
            if poison:
                self.poisoned.append(message["msgid"])
            return self.seq

    def seal(self, message: Json, seq: int, *, poison: str = "") -> bytes:
        """The envelope of GetChatData; ``poison`` names what is wrong with it."""
        pair = self.keys[-1]
        random_key = base64.b64encode(os.urandom(64)).decode()
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        if poison == "room":
            text = json.dumps({**message, "roomid": os.urandom(5_000).hex()})
        if poison == "json":
            text = text[: len(text) // 2]
        sealed = seal_body(random_key, text.encode(errors="backslashreplace"))
        if poison == "body":
            sealed = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
        wrapped = pair.public.encrypt(random_key.encode(), padding.PKCS1v15())
        if poison == "key":
            wrapped = os.urandom(256)
        version = pair.version if poison != "version" else pair.version + 100
        return json.dumps(
            {
                "seq": seq,
                "msgid": message["msgid"],
                "publickey_ver": version,
                "encrypt_random_key": base64.b64encode(wrapped).decode(),
                "encrypt_chat_msg": sealed,
            },
            separators=(",", ":"),
        ).encode()

    def page(self, seq: int, limit: int) -> list[Kept]:
        """What stands after ``seq`` and inside five days: an older seq continues silently at the window's edge."""
        with self.lock:
            self._forget()
            first = bisect_right(self.kept, seq, key=lambda row: row.seq)
            return self.kept[first : first + limit]

    def find_media(self, sdkfileid: str) -> MediaFile | None:
        return self.media.get(sdkfileid)

    def keep_media(self, data: bytes, at: float) -> str:
        """Store a file; the opaque id that a message names it by."""
        sdkfileid = base64.b64encode(os.urandom(180)).decode()
        self.media[sdkfileid] = MediaFile(data, at)
        return sdkfileid

    def is_busy(self, what: str, per_minute: int) -> bool:
        """Count a call; whether it is one too many in this minute."""
        now = time.time()
        with self.lock:
            recent = self.calls.setdefault(what, deque())
            while recent and recent[0] < now - 60:
                recent.popleft()
            if len(recent) >= per_minute:
                return True
            recent.append(now)
            return False

    def rotate(self, *, withheld: bool) -> int:
        """Upload a new public key: new messages use it, old ones stay as they are."""
        with self.lock:
            pair = make_key(self.keys[-1].version + 1)
            pair.withheld = withheld
            self.keys.append(pair)
            return pair.version

    def _forget(self) -> None:
        edge = self.now() - WINDOW_SECONDS
        old = 0
        while old < len(self.kept) and self.kept[old].at < edge:
            old += 1
        del self.kept[:old]


def of(corp: Corp) -> Archive | None:
    """The corp's archive, if it has one."""
    found: Archive | None = corp.room.get("archive")
    return found


def open_archive(corp: Corp, keys: list[Json]) -> None:
    """Give a corp its archive, with keys as `make_key_row` wrote them."""
    corp.room["archive"] = Archive(corp, [_load_key(row) for row in keys])


def make_key_row(version: int) -> Json:
    return {"version": version, "pem": make_key(version).pem}


def make_key(version: int) -> KeyPair:
    private = generate_private_key(65537, 2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    return KeyPair(version, pem, private.public_key())


def seal_body(random_key: str, plain: bytes) -> str:
    """The body cipher of this simulator: nonce, ciphertext and tag in base64."""
    nonce = os.urandom(12)
    key = hashlib.sha256(random_key.encode()).digest()
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, None)).decode()


def _load_key(row: Json) -> KeyPair:
    private = load_pem_private_key(row["pem"].encode(), password=None)
    public = private.public_key()
    if not isinstance(public, RSAPublicKey):
        raise ValueError("an archive key is an RSA key")
    return KeyPair(row["version"], row["pem"], public)
