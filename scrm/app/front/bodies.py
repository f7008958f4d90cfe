"""Bodies read before a thread is taken: with a deadline, a limit, and bounded places.

Where all places of small bodies are taken, whoever has waited longest goes: a sender who dawdles never keeps out one
whose body is there already.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from granian.rsgi import HTTPProtocol, ProtocolClosed, ProtocolError, Scope  # type: ignore[attr-defined]


class BodyTooSlow(Exception):
    """It did not come in time, or others needed the place."""


class BodyBroken(Exception):
    """The sender went away before its end."""


class NoPlace(Exception):
    """Too many large bodies are under way."""


class Body:
    """What has come of one request's body."""

    def __init__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        self._protocol = protocol
        self._iterator: AsyncIterator[bytes] | None = None
        self._parts: list[bytes] = []
        self._chunked = "transfer-encoding" in scope.headers
        length = scope.headers.get("content-length", "0")
        self.declared = None if self._chunked else int(length[:20]) if length.isdecimal() else 0
        self.length = 0
        self.whole = self.declared == 0

    def declares_more(self, limit: int) -> bool:
        """Whether it is larger by its sender's own words."""
        return self.declared is not None and self.declared > limit

    async def read(self, limit: int) -> bool:
        """Read on until the end or until more than ``limit`` bytes have come; whether the end was reached."""
        try:
            if self.declared is not None and self.declared <= limit and not self._parts and not self.whole:
                self._took(await self._protocol())  # at once: each part is a way to the server and back
                self.whole = True
            while not self.whole and self.length <= limit:
                await self._next()
        except (ProtocolClosed, ProtocolError):
            raise BodyBroken from None
        if self.whole and self.declared not in {None, self.length}:
            raise BodyBroken
        return self.whole

    async def throw_away(self, limit: int, *, seconds: float) -> None:
        """Let the sender finish, so that it reads the answer it already has instead of a broken connection."""
        try:
            async with asyncio.timeout(seconds):
                while not self.whole and self.length <= limit:
                    self._parts.clear()
                    await self._next()
        except (TimeoutError, ProtocolClosed, ProtocolError):
            return

    def take(self) -> bytes:
        """All that was read, handed over once."""
        taken = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        return taken

    async def _next(self) -> None:
        if self._iterator is None:
            self._iterator = aiter(self._protocol)
        try:
            self._took(await anext(self._iterator))
        except StopAsyncIteration:
            self.whole = True

    def _took(self, part: bytes) -> None:
        self._parts.append(part)
        self.length += len(part)


class SmallPlaces:
    """Places of bodies up to a small size: the latest to come has one."""

    def __init__(self, places: int, *, seconds: float) -> None:
        self._places = places
        self._seconds = seconds
        self._waiting: OrderedDict[int, asyncio.Timeout] = OrderedDict()
        self._number = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """A place for the length of the block; raises `BodyTooSlow`."""
        self._number += 1
        mine = self._number
        if len(self._waiting) >= self._places:
            _, oldest = self._waiting.popitem(last=False)
            oldest.reschedule(asyncio.get_running_loop().time())
        try:
            async with asyncio.timeout(self._seconds) as deadline:
                self._waiting[mine] = deadline
                yield
        except TimeoutError:
            raise BodyTooSlow from None
        finally:
            self._waiting.pop(mine, None)


class LargePlaces:
    """Places of large bodies: few in all, fewer for one caller, who is known and signed in."""

    def __init__(self, places: int, *, each: int, seconds: float, patience: float) -> None:
        self._places = asyncio.Semaphore(places)
        self._each = each
        self._seconds = seconds
        self._patience = patience
        self._by_caller: Counter[str] = Counter()

    @asynccontextmanager
    async def taken(self, caller: str) -> AsyncIterator[None]:
        """A place until the request is answered; raises `NoPlace`."""
        if self._by_caller[caller] >= self._each:
            raise NoPlace
        self._by_caller[caller] += 1
        try:
            try:
                async with asyncio.timeout(self._patience):
                    await self._places.acquire()
            except TimeoutError:
                raise NoPlace from None
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._by_caller[caller] -= 1
            if not self._by_caller[caller]:
                del self._by_caller[caller]

    async def read(self, body: Body, limit: int) -> bool:
        """Read on within this place's deadline; raises `BodyTooSlow`."""
        try:
            async with asyncio.timeout(self._seconds):
                return await body.read(limit)
        except TimeoutError:
            raise BodyTooSlow from None
