"""Large answers under way: bounded in number, since granian holds back nobody who writes and tells of no end.

A file costs the server two parts of 128 KB while it is read, however large it is; so a large answer is made a file, and
only so many are under way. Where all places are taken, whoever has read longest goes: a reader who dawdles keeps out
none who reads.

An answer is over when its connection asks for the next or is gone, or when the kernel has nothing left to send; granian
tells of none of these, so the sockets are looked at.
"""

import asyncio
import fcntl
import os
import socket
import stat
import struct
import termios
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import structlog

log = structlog.get_logger(__name__)

_AT_ONCE = 4  # a quarter of the places is made free at a time: to find the sockets costs milliseconds
_TIDY_SECONDS = 5.0
_BEGINS_SECONDS = 1.0  # within which the server has opened the file and sent a first part
_OPEN_FILES = Path("/dev/fd")


class Readers:
    """``places`` for large answers, one for a connection."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._under_way: OrderedDict[str, tuple[float, IO[bytes] | None]] = OrderedDict()
        self._tidying = False

    def begins(self, client: str, file: IO[bytes] | None) -> None:
        """A large answer is about to be given; its temporary ``file`` is closed when it is over."""
        if len(self._under_way) >= self._places:
            self._look(room=max(self._places // _AT_ONCE, 1))
        self._under_way[client] = (time.monotonic(), file)
        self._tidy_later()

    def is_over(self, client: str) -> None:
        """This connection has had its answer, or is gone."""
        _, file = self._under_way.pop(client, (0.0, None))
        if file is not None:
            file.close()

    def _tidy_later(self) -> None:
        if self._under_way and not self._tidying:
            self._tidying = True
            asyncio.get_running_loop().call_later(_TIDY_SECONDS, self._tidy)

    def _tidy(self) -> None:
        self._tidying = False
        self._look(room=0)
        self._tidy_later()

    def _look(self, *, room: int) -> None:
        """Forget what is over; where that makes less ``room`` than wanted, whoever has read longest goes."""
        wanted, young = self._places - room, time.monotonic() - _BEGINS_SECONDS
        dismissed = 0
        with _sockets(set(self._under_way)) as found:
            for client, (since, _) in list(self._under_way.items()):
                if since < young and (client not in found or not _unread(found[client])):
                    self.is_over(client)
            while room and len(self._under_way) > wanted:
                client = next(iter(self._under_way))
                if client in found:
                    with suppress(OSError):
                        # What the kernel holds for the client goes as well, instead of being offered for ever.
                        found[client].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        found[client].shutdown(socket.SHUT_RDWR)
                self.is_over(client)
                dismissed += 1
        if dismissed:
            log.warning("console.slow_readers_dismissed", count=dismissed)


@contextmanager
def _sockets(clients: set[str]) -> Iterator[dict[str, socket.socket]]:
    """This process's connections with these clients, under numbers of our own: the server may close its at any time."""
    found: dict[str, socket.socket] = {}
    try:
        for number in [int(entry.name) for entry in _OPEN_FILES.iterdir()]:
            with suppress(OSError):
                if not stat.S_ISSOCK(os.fstat(number).st_mode):
                    continue
                connection = socket.socket(fileno=os.dup(number))
                try:
                    client = _named(connection.getpeername())
                except OSError:
                    client = ""
                if client in clients:
                    found[client] = connection
                else:
                    connection.close()
        yield found
    finally:
        for connection in found.values():
            connection.close()


def _named(address: object) -> str:
    """As granian writes an address."""
    if not isinstance(address, tuple) or len(address) < 2:
        return ""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _unread(connection: socket.socket) -> bool:
    """Whether the client has yet to take some of what was sent."""
    try:
        (waiting,) = struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4)))
    except OSError:
        return True
    return bool(waiting)
