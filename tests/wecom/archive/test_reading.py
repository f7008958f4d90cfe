"""Pages are read ahead, in their order, and no further than is wanted."""

import gc
from collections.abc import Iterable, Mapping, Sequence

import pytest

from scrm.wecom.archive.models import ParkedReason
from scrm.wecom.archive.opening import Share
from scrm.wecom.archive.pace import collector_at_rest
from scrm.wecom.archive.reading import Page, Reader
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import ArchiveRefused, Envelope, MediaChunk, Sealed

MESSAGES = 10


class Shelf:
    """An archive of ten messages that nobody has the key of; asked for more than ``most`` it says "too large"."""

    def __init__(self, *, most: int = 2, broken_after: int = MESSAGES) -> None:
        self.most, self.broken_after = most, broken_after
        self.asked: list[tuple[int, int]] = []

    def get_chat_data(self, *, seq: int, limit: int) -> list[Envelope]:
        self.asked.append((seq, limit))
        if seq >= self.broken_after and self.broken_after < MESSAGES:
            raise ArchiveRefused(10001, Reaction.RETRY)
        if limit > self.most:
            raise ArchiveRefused(301058, Reaction.RETRY)
        return [Envelope(one, f"m{one}", 1, "", "") for one in range(seq + 1, min(seq + limit, MESSAGES) + 1)]

    def read_row(self, *, raw: bytes) -> Envelope:
        raise AssertionError("every row is whole")

    def open_each(self, *, private_keys: Mapping[int, str], envelopes: Sequence[Envelope]) -> list[bytes | Sealed]:
        return [Sealed.NO_KEY] * len(envelopes)

    def get_media_data(self, *, index_buf: str, sdkfileid: str) -> MediaChunk:
        raise AssertionError("there are no files")


def reader(shelf: Shelf, *, pages: int = 20, seconds: float = 60) -> Reader:
    return Reader(shelf, {}, seq=0, limit=shelf.most, pages=pages, seconds=seconds)


def seqs(read: Iterable[Page]) -> list[int]:
    """Two pages may come as one."""
    return [envelope.seq for page in read for envelope in page.envelopes]


@pytest.fixture(autouse=True)
def _sink(service: str) -> None:
    """The service's own wiring: a share is handed to the sink."""


def test_pages_come_in_order_until_the_end() -> None:
    with reader(Shelf()) as pages:
        read = list(pages)
    assert seqs(read) == list(range(1, MESSAGES + 1))
    assert [item.envelope.seq for page in read for item in page.unopened] == seqs(read)
    assert {item.reason for page in read for item in page.unopened} == {ParkedReason.NO_KEY}
    assert pages.at_end


def test_page_too_large_is_halved_and_grows_again() -> None:
    shelf = Shelf(most=3)
    with Reader(shelf, {}, seq=0, limit=8, pages=20, seconds=60) as pages:
        read = list(pages)
    assert seqs(read) == list(range(1, MESSAGES + 1))
    assert shelf.asked[:4] == [(0, 8), (0, 4), (0, 2), (2, 4)]
    assert {page.limit for page in read} == {4}


def test_what_came_before_a_failure_is_read_and_nothing_is_asked_after_it() -> None:
    shelf = Shelf(broken_after=4)
    seen: list[Page] = []
    with reader(shelf) as pages, pytest.raises(ArchiveRefused):
        seen.extend(pages)
    assert (seqs(seen), pages.at_end) == ([1, 2, 3, 4], False)
    assert [seq for seq, _ in shelf.asked].count(4) == 1
    assert shelf.asked[-1][0] == 4


def test_no_more_is_fetched_than_is_read() -> None:
    shelf = Shelf()
    with Reader(shelf, {}, seq=0, limit=1, pages=3, seconds=60) as pages:
        read = list(pages)
    assert {seq for seq, _ in shelf.asked} == {0, 1, 3}
    assert seqs(read) == [1, 2, 3, 4, 5]
    assert not pages.at_end


def test_two_pages_that_have_come_are_one() -> None:
    first, second = (
        Page(one, one + 10, [Envelope(one + 1, f"m{one}", 1, "", "")], [Share([], [], one)]) for one in (1, 2)
    )
    page = first.joined(second)
    assert (page.asked_from, page.last_seq, page.limit, len(page.shares)) == (1, 3, 12, 2)


def test_time_that_is_up_ends_the_reading() -> None:
    shelf = Shelf()
    with reader(shelf, seconds=-1) as pages:
        assert list(pages) == []
    assert (shelf.asked, pages.at_end) == ([], False)


def test_process_runs_as_before_when_pulling_fails() -> None:
    with pytest.raises(ValueError, match="broken"), collector_at_rest():
        assert not gc.isenabled()
        raise ValueError("broken")
    assert gc.isenabled()
