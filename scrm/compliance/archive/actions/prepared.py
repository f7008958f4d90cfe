"""What can be known of archived messages, and packed of their rows, before there is a transaction."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scrm.compliance.archive import content
from scrm.contracts.archive import MediaRef, OpenedMessage
from scrm.core import clock, copying, search

_INDEXED = 4_000  # characters of one message that are searched
_UNIX = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
EARLIEST = dt.datetime(2011, 1, 1, tzinfo=dt.UTC)  # nobody chatted before
_AHEAD = dt.timedelta(days=2)  # clocks go wrong by hours, not by more


class Ends(NamedTuple):
    """Who said it to whom; a page has few of them, so that what follows from them is found out once for each."""

    sender: str
    receivers: tuple[str, ...]
    roomid: str

    @property
    def people(self) -> tuple[str, ...]:
        return (self.sender, *self.receivers)


@dataclass(slots=True)
class Prepared:
    """A message with all that can be known of it without the database."""

    opened: OpenedMessage
    at: dt.datetime
    time_known: bool  # else ``at`` is when it was prepared
    ends: Ends
    msgtype: str
    spoken: str  # all words, as they stand
    files: list[MediaRef]
    recalled: str | None
    packed: tuple[bytes, bytes] = (b"", b"")  # its row, but for what the database knows: around conversation and sender


def prepare(messages: Sequence[OpenedMessage]) -> list[Prepared]:
    """Words, files and times of each message, and its row."""
    prepared = [_prepared(opened) for opened in messages]
    pack(prepared, [search.text_of(message.spoken[:_INDEXED]) for message in prepared])
    return prepared


def pack(messages: Sequence[Prepared], words: Sequence[str]) -> None:
    """Pack what of the rows needs no database; ``words`` are those of the messages, folded."""
    codes, counts = search.bigrams_of_each(words)
    arrays = copying.int8_arrays(codes, counts.tolist())
    for message, folded, bigrams in zip(messages, words, arrays, strict=True):
        opened = message.opened
        text = copying.text
        message.packed = (
            b"".join(
                (
                    text(opened.msgid),
                    copying.moment(message.at),
                    text(str(opened.seq)),
                    copying.int4(opened.publickey_ver),
                )
            ),
            b"".join(
                (
                    *(text(message.msgtype), copying.jsonb(opened.text), text(folded), bigrams),
                    *(copying.raw(opened.digest), copying.boolean(message.time_known)),
                )
            ),
        )


def _prepared(opened: OpenedMessage) -> Prepared:
    body = opened.body
    msgtype = content.kind(body)
    plain = body.get("text") if msgtype == "text" else None
    said = plain.get("content") if isinstance(plain, dict) else None
    at, time_known = _moment(body)
    if isinstance(said, str):  # most messages are: nothing to look for inside
        return Prepared(opened, at, time_known, _ends(body), msgtype, content.one_part(said), [], None)
    spoken, files = content.words(body), content.files(body)
    return Prepared(opened, at, time_known, _ends(body), msgtype, spoken, files, content.recalled(body))


def _ends(body: dict[str, Any]) -> Ends:
    sender = body.get("from") or body.get("user")
    receivers = body.get("tolist")
    roomid = body.get("roomid")
    return Ends(
        sender if isinstance(sender, str) else "",
        tuple([one for one in receivers if isinstance(one, str)]) if isinstance(receivers, list) else (),
        roomid if isinstance(roomid, str) else "",
    )


def _moment(body: dict[str, Any]) -> tuple[dt.datetime, bool]:
    """``msgtime`` in milliseconds, or the ``time`` of a record without; both may be seconds in old records.

    Where neither can be, the present, and that it is not theirs.
    """
    now = clock.now()
    for value in (body.get("msgtime"), body.get("time")):
        said = _read_moment(value)
        if said is not None and EARLIEST <= said < now + _AHEAD:
            return said, True
    return now, False


def _read_moment(value: Any) -> dt.datetime | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 253_402_300_800_000:
        return None
    seconds, thousandths = (value, 0) if value < 10**11 else divmod(value, 1000)
    return _UNIX + dt.timedelta(0, seconds, thousandths * 1000)
