"""Desks: a few threads each, and a line before them in which nobody holds one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class DeskFull(Exception):
    """The line is too long, or it was waited for too long."""


@dataclass
class _Share:
    places: asyncio.Semaphore
    here: int = 0


class Desk:
    """``threads`` work at a time; up to ``line`` more wait, for ``patience`` seconds at most.

    A caller has ``each`` of the threads at most, and as many requests in the line that may wait for them.
    """

    def __init__(self, name: str, *, threads: int, line: int, patience: float, each: int | None = None) -> None:
        self.name = name
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._places = asyncio.Semaphore(threads)
        self._line = line
        self._patience = patience
        self._waiting = 0
        self._each = each or threads
        self._shares: dict[str, _Share] = {}

    async def run(self, work: Callable[[], T], *, caller: str = "") -> T:
        """Carry out ``work`` on a thread of this desk; raises `DeskFull`."""
        if not caller:
            return await self._run(work)
        async with self._share(caller):
            return await self._run(work)

    @asynccontextmanager
    async def _share(self, caller: str) -> AsyncIterator[None]:
        share = self._shares.setdefault(caller, _Share(asyncio.Semaphore(self._each)))
        if share.here >= self._each + self._line:
            raise DeskFull
        share.here += 1
        try:
            try:
                async with asyncio.timeout(self._patience):
                    await share.places.acquire()
            except TimeoutError:
                raise DeskFull from None
            try:
                yield
            finally:
                share.places.release()
        finally:
            share.here -= 1
            if not share.here:
                del self._shares[caller]

    async def _run(self, work: Callable[[], T]) -> T:
        if self._places.locked():
            await self._wait()
        else:
            await self._places.acquire()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._places.release()

    async def _wait(self) -> None:
        if self._waiting >= self._line:
            raise DeskFull
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError:
            raise DeskFull from None
        finally:
            self._waiting -= 1
