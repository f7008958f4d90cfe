"""Desks: a few threads each, and a line before them in which nobody holds one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class DeskFull(Exception):
    """The line is too long, or it was waited for too long."""


class Desk:
    """``threads`` work at a time; up to ``line`` more wait, for ``patience`` seconds at most."""

    def __init__(self, name: str, *, threads: int, line: int, patience: float) -> None:
        self.name = name
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._places = asyncio.Semaphore(threads)
        self._line = line
        self._patience = patience
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Carry out ``work`` on a thread of this desk; raises `DeskFull`."""
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
