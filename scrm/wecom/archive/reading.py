"""Pages of the archive, fetched and opened ahead of the one that is being stored.

Where the next page begins is known as soon as a page has come, not only when it has been opened. So two are on their
way while one is stored: the threads that do RSA always find work, and waiting for WeCom costs nothing.

Where two have come, they are read as one page of twice the length: half of what a page costs to store depends on the
number of its conversations and statements, not of its messages.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from scrm.wecom.archive import opening
from scrm.wecom.archive.models import ParkedReason
from scrm.wecom.archive.opening import Share, Unopened
from scrm.wecom.port.archive import PAGE_LIMIT, Archive, ArchiveRefused, Envelope

_AHEAD = 2
_TOO_LARGE = 301058
_LEAP = 10**12  # seqs: more than all corps together ever had


@dataclass(frozen=True)
class Page:
    """A page that has been opened; ``limit`` is what to ask for next."""

    asked_from: int
    limit: int
    envelopes: Sequence[Envelope]
    shares: Sequence[Share]

    @property
    def last_seq(self) -> int:
        """How far the cursor may go.

        One row alone whose seq lies far beyond all others is believed when another has followed it: with a garbled
        number the cursor would be behind all that comes, for ever.
        """
        seqs = sorted({self.asked_from, *(envelope.seq for envelope in self.envelopes)})
        if len(seqs) > 1 and seqs[-2] and seqs[-1] - seqs[-2] > _LEAP:
            seqs.pop()
        return seqs[-1]

    @property
    def prepared(self) -> list[Any]:
        """What the sink made of each share that holds a message in the clear."""
        return [share.prepared for share in self.shares if share.opened]

    @property
    def msgids(self) -> list[str]:
        """Of what could be opened."""
        return [message.msgid for share in self.shares for message in share.opened]

    @property
    def unopened(self) -> list[Unopened]:
        return [item for share in self.shares for item in share.unopened]

    def sealed(self) -> "Page":
        """This page with nothing opened: kept as it came, since it cannot be stored."""
        unopened = [Unopened(envelope, ParkedReason.UNSTORED) for envelope in self.envelopes]
        return Page(self.asked_from, self.limit, self.envelopes, [Share([], unopened, None)])

    def joined(self, following: "Page") -> "Page":
        """This page and the one after it, as one."""
        envelopes, shares = [*self.envelopes, *following.envelopes], [*self.shares, *following.shares]
        return Page(self.asked_from, following.limit, envelopes, shares)


def opened(archive: Archive, keys: dict[int, str], envelopes: Sequence[Envelope], *, patient: bool = True) -> Page:
    """Envelopes at hand, opened; raises `ArchiveRefused` as `Reader` does."""
    with opening.pool() as threads:
        return _Coming(0, PAGE_LIMIT, envelopes, opening.begin(threads, archive, keys, envelopes)).opened(patient)


@dataclass(frozen=True)
class _Coming:
    """A page that has come and is being opened."""

    asked_from: int
    limit: int
    envelopes: Sequence[Envelope]
    shares: Sequence[Future[Share]]

    def opened(self, patient: bool) -> Page:
        shares = [share.result() for share in self.shares]
        return Page(self.asked_from, self.limit, self.envelopes, opening.settled(shares, patient=patient))


def _is_here(future: "Future[_Coming | None]") -> bool:
    return future.done() and future.exception() is None and future.result() is not None


class Reader:
    """Iterates over pages until all has been fetched (``at_end``), or over so many, or for so long.

    Raises `ArchiveRefused` where a call fails and, while ``patient``, where the library fails over all of a page; the
    pages before it have come by then. Nothing that was fetched is left over, unless the caller stops before the end.
    """

    def __init__(
        self,
        archive: Archive,
        keys: dict[int, str],
        *,
        seq: int,
        limit: int,
        pages: int,
        seconds: float,
        patient: bool = True,
    ) -> None:
        self.at_end = False
        self._patient = patient
        self._archive, self._keys = archive, keys
        self._seq, self._limit = seq, limit
        self._left, self._ends = pages, time.monotonic() + seconds
        self._over = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive-fetch")
        self._openers = opening.pool()
        self._coming: deque[Future[_Coming | None]] = deque()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over = True
        self._thread.shutdown(cancel_futures=True)
        for future in self._coming:
            coming = future.result() if future.done() and not future.cancelled() and not future.exception() else None
            for share in coming.shares if coming is not None else ():
                share.cancel()
        self._openers.shutdown(wait=False, cancel_futures=True)

    def __iter__(self) -> Iterator[Page]:
        while True:
            self._ask_ahead()
            coming = self._coming.popleft().result()
            if coming is None:
                return
            page = coming.opened(self._patient)
            following = self._come()
            yield page.joined(following.opened(self._patient)) if following is not None else page

    def _ask_ahead(self) -> None:
        while len(self._coming) <= _AHEAD:
            self._coming.append(self._thread.submit(self._fetch))

    def _come(self) -> _Coming | None:
        """The following page, if it has come by now, and another after it that is opened while the two are stored."""
        if not all(map(_is_here, list(self._coming)[:2])):
            return None
        following = self._coming.popleft().result()
        self._ask_ahead()
        return following

    def _fetch(self) -> _Coming | None:
        """The next page; none when there is none, or when it is time for other work."""
        if self._over or not self._left or time.monotonic() > self._ends:
            return None
        try:
            envelopes = self._asked()
        except Exception:
            self._over = True
            raise
        if not envelopes:
            self.at_end = self._over = True
            return None
        asked_from, self._seq = self._seq, max([self._seq, *(envelope.seq for envelope in envelopes)])
        self._limit = min(self._limit * 2, PAGE_LIMIT)
        self._left -= 1
        shares = opening.begin(self._openers, self._archive, self._keys, envelopes)
        return _Coming(asked_from, self._limit, envelopes, shares)

    def _asked(self) -> list[Envelope]:
        """What follows; a page that is too large is asked for by halves."""
        while True:
            try:
                return self._archive.get_chat_data(seq=self._seq, limit=self._limit)
            except ArchiveRefused as error:
                if error.code != _TOO_LARGE or self._limit == 1:
                    raise
                self._limit //= 2
