"""The chat archive (会话内容存档, page 91774): the calls of WeCom's Finance SDK, one for one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.errors import WecomError

PAGE_LIMIT = 1_000  # more is an error, not a clamp
WINDOW_DAYS = 5  # WeCom forgets messages and media that are older
FAILING = -4  # a code of ours: the library fails over whatever it is given


class ArchiveRefused(WecomError):
    """A call of the SDK failed; ``code`` is its return code, or the ``errcode`` of the JSON it returned."""

    def __init__(self, code: int, reaction: Reaction, text: str = "") -> None:
        super().__init__(f"code {code}" + (f": {text}" if text else ""))
        self.code = code
        self.reaction = reaction


class Envelope(NamedTuple):
    """One sealed message; ``seq`` is an unsigned 64-bit number, ``publickey_ver`` names the key that wraps its key.

    ``raw`` is empty, but where a row of the page has no such fields: then it is the row as it came, and the fields say
    what of them could be read, 0 or nothing for the rest.
    """

    seq: int
    msgid: str
    publickey_ver: int
    encrypt_random_key: str
    encrypt_chat_msg: str
    raw: bytes = b""


class Sealed(StrEnum):
    """Why a message could not be opened."""

    NO_KEY = "no_key"  # there is no private key of its version
    WRONG_KEY = "wrong_key"  # its random key does not unwrap
    DECRYPT = "decrypt"  # DecryptData refuses it
    CRASH = "crash"  # the library died over it
    SYSTEM = "system"  # the library says that it failed itself


@dataclass(frozen=True, slots=True)
class MediaChunk:
    """Up to 512 KiB of a file, and the index to ask the next one with."""

    data: bytes
    next_index: str
    is_finish: bool


class Archive(Protocol):
    """One corp's archive; safe to call from several threads. Every method raises `ArchiveRefused`."""

    def get_chat_data(self, *, seq: int, limit: int) -> list[Envelope]:
        """GetChatData: what follows ``seq``, ascending, at most 1,000; 4,000 calls a minute.

        A row that is no message costs no other: it comes as an envelope with its ``raw`` bytes. What is no page at all
        raises. Older than five days is gone: an old seq continues silently with the oldest message that is left. An
        empty list says that all has been fetched. 301058 asks for a smaller ``limit`` with the same seq.
        """
        ...

    def read_row(self, *, raw: bytes) -> Envelope:
        """A row of an earlier page, by the ``raw`` bytes of its envelope; its ``raw`` is empty if it is understood now.

        Works on this machine alone, and raises nothing.
        """
        ...

    def open_each(self, *, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        """RSA, then DecryptData: each message in the clear, UTF-8 JSON as it came; ``private_keys`` are PEM by version.

        Works on this machine alone. A message that cannot be opened costs no other; where the library fails over all of
        several, it is refused with `FAILING`, since that is hardly the messages.
        """
        ...

    def get_media_data(self, *, index_buf: str, sdkfileid: str) -> MediaChunk:
        """GetMediaData: one chunk; ``index_buf`` is empty first, then what the chunk before said; 25,000 a minute.

        10005 for a wrong id, 10010 after five days; a failed chunk is asked for again with the same index.
        """
        ...


# Gives the archive adapter of a corp number, or none where no archive is configured.
ConnectArchive = Callable[[int], Archive | None]

_connect: ConnectArchive | None = None

_SDK_CODES: dict[int, tuple[Reaction, str]] = {
    10000: (Reaction.BUG, "bad parameter"),
    10001: (Reaction.RETRY, "network"),
    10002: (Reaction.RETRY, "parse failure"),
    10003: (Reaction.RETRY, "system failure"),
    10005: (Reaction.FATAL, "wrong sdkfileid"),
    10006: (Reaction.FATAL, "decrypt failure"),
    10008: (Reaction.FATAL, "encrypt_key parse error"),
    10009: (Reaction.CONFIG, "address is not in the trusted list"),
    10010: (Reaction.FATAL, "older than five days"),
    10011: (Reaction.CONFIG, "certificate error"),
}


def install(connect: ConnectArchive) -> None:
    """Called by `scrm.wiring`: which adapter reaches the archive."""
    global _connect
    _connect = connect


def archive(corp: int) -> Archive | None:
    """The archive of a corp; call it with no transaction open."""
    if _connect is None:
        raise RuntimeError("scrm.wiring.wire() has not been called")
    return _connect(corp)


def sdk_refusal(code: int) -> ArchiveRefused:
    """What a return code of the SDK (page 91552) asks for; unknown ones may pass by themselves."""
    reaction, text = _SDK_CODES.get(code, (Reaction.RETRY, ""))
    return ArchiveRefused(code, reaction, text)
