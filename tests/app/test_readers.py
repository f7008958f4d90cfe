"""Large answers: whole for whoever reads, given up for whoever dawdles, and no file stays open."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from scrm.app.front import bridge, front, readers
from scrm.core.settings import settings
from tests.support.patience import until
from tests.support.service import free_port, serving

DOCUMENT = "/api/v1/openapi.json"
SIZE = 16 * 2**20  # more than the kernel takes off the server's hands
PLACES = 4


@pytest.fixture
def web(service: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a web application with few places for large answers."""
    monkeypatch.setattr(front, "_READERS", PLACES)
    monkeypatch.setattr(readers, "_TIDY_SECONDS", 0.1)
    monkeypatch.setattr(readers, "_BEGINS_SECONDS", 0.3)
    port = free_port()
    with serving(port):
        yield port


def read(connection: http.client.HTTPConnection) -> bytes:
    connection.request("GET", DOCUMENT)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200 and int(answer.headers["Content-Length"]) == len(body) > bridge.LARGE
    return body


def temporary_files() -> int:
    return sum("(deleted)" in str(entry.readlink()) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink())


def test_large_answers_are_whole_and_leave_no_file_behind(web: int) -> None:
    before = temporary_files()
    kept = http.client.HTTPConnection("127.0.0.1", web, timeout=10)
    bodies = {read(kept) for _ in range(2 * PLACES)}
    for _ in range(2 * PLACES):
        connection = http.client.HTTPConnection("127.0.0.1", web, timeout=10)
        bodies.add(read(connection))
        connection.close()
    kept.close()
    (body,) = bodies
    assert json.loads(body)["openapi"]
    until(lambda: temporary_files() <= before, "a file stays open", seen=temporary_files)


def test_whoever_dawdles_longest_makes_room_and_whoever_reads_gets_all(web: int) -> None:
    (settings().data_dir / "WW_verify_large.txt").write_bytes(bytes(SIZE))
    with ExitStack() as stack:
        slow = []
        for _ in range(PLACES):
            line = stack.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(10)
            line.connect(("127.0.0.1", web))
            line.sendall(b"GET /WW_verify_large.txt HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(256).startswith(b"HTTP/1.1 200")
            slow.append(line)
        read(http.client.HTTPConnection("127.0.0.1", web, timeout=10))
        assert received(slow[0]) < SIZE / 2, "the first has to give up its place"
        assert received(slow[-1]) > SIZE - 1024, "the last has not"


def received(line: socket.socket) -> int:
    length = 0
    with suppress(ConnectionError):
        while length < SIZE - 1024 and (part := line.recv(65_536)):
            length += len(part)
    return length
