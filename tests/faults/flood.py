"""A stranger with many connections, in a process of its own: `python -m tests.faults.flood <kind> <port> <seconds>`.

Says at its end, in JSON, how often it connected and what was answered. What needs a session finds its token in TOKEN.
"""

import asyncio
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count

from scrm.core.http import MAX_BODY
from scrm.marketing.broadcasts.routes import api as marketing

_HALF = "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{{"
_WHOLE = "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
_SIGN_IN = "/api/v1/session"
_LARGE = f"/api/v1{next(item.path for item in marketing.operations if item.limit > MAX_BODY)}"
_CALLBACK = "/wecom/callback/x/customer"

told: Counter[str] = Counter()
_numbers = count()
_port = 0


async def held(said: str) -> None:
    """Say this much, then nothing, until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", _port)
    told["connected"] += 1
    try:
        writer.write(said.encode())
        _note(await reader.read(4096))
        await reader.read()
    finally:
        writer.close()


async def asked(said: bytes) -> None:
    """Say all of it, read the answer's beginning, and come again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", _port)
    told["connected"] += 1
    try:
        writer.write(said)
        with suppress(ConnectionError):  # an answer may come before the server has taken all
            async with asyncio.timeout(10):  # `wait_for` of 3.11 now and then loses a cancellation
                await writer.drain()
        _note(await reader.read(4096))
    finally:
        writer.close()


async def guessed() -> None:
    """Sign in as somebody new with a wrong password."""
    body = json.dumps({"name": f"nobody-{next(_numbers)}", "password": "not-the-password"}).encode()
    await asked(_WHOLE.format(_SIGN_IN, len(body)).encode() + body)
    await asyncio.sleep(0.2)


async def unread(path: str) -> None:
    """Ask for something large with a small window, and take a little of it once in a while."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(line, ("127.0.0.1", _port))
        told["connected"] += 1
        token = f"Authorization: Bearer {os.environ['TOKEN']}\r\n"
        await loop.sock_sendall(line, f"GET {path} HTTP/1.1\r\nHost: x\r\n{token}\r\n".encode())
        _note(await loop.sock_recv(line, 512))
        while await loop.sock_recv(line, 512):
            await asyncio.sleep(5)
    finally:
        line.close()


def _note(answer: bytes) -> None:
    told[answer[9:12].decode() or "closed"] += 1


def _parallel(number: int, one: Callable[[], Awaitable[None]]) -> tuple[int, Callable[[], Awaitable[None]]]:
    return number, one


_DEEP = b'{"a":' * 985
KINDS = {
    "half bodies": _parallel(60, lambda: held(_HALF.format(_SIGN_IN))),
    "half callbacks": _parallel(60, lambda: held(_HALF.format(_CALLBACK))),
    "half headers": _parallel(60, lambda: held(f"POST {_SIGN_IN} HTTP/1.1\r\nHost: x\r\nX-Half: ")),
    "silent connections": _parallel(400, lambda: held("")),
    "guesses": _parallel(40, guessed),
    "deep JSON": _parallel(4, lambda: asked(_WHOLE.format(_SIGN_IN, len(_DEEP)).encode() + _DEEP)),
    "large bodies": _parallel(8, lambda: asked(_WHOLE.format(_LARGE, 14_000_000).encode() + b" " * 14_000_000)),
    "large callbacks": _parallel(8, lambda: asked(_WHOLE.format(_CALLBACK, 14_000_000).encode() + b" " * 14_000_000)),
    "slow readers": _parallel(400, lambda: unread("/api/v1/openapi.json")),
    "slow readers of files": _parallel(400, lambda: unread(f"/assets/{os.environ.get('ASSET')}")),
    "slow readers signed in": _parallel(400, lambda: unread("/api/v1/customers?limit=200")),
}


async def _for_ever(one: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await one()
        except (OSError, TimeoutError) as error:
            told[type(error).__name__] += 1
            await asyncio.sleep(0.05)


async def _flood(kind: str, seconds: float) -> None:
    number, one = KINDS[kind]
    tasks = [asyncio.create_task(_for_ever(one)) for _ in range(number)]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    _port = int(sys.argv[2])
    asyncio.run(_flood(sys.argv[1], float(sys.argv[3])))
    sys.stdout.write(json.dumps(dict(told)))
