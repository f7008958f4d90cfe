"""``python -m tests.bench``: how many times the least possible each operation takes; 1 where a goal is missed.

Rounds of ours and of the limit alternate, so that a noisy machine hits both; the ratio is the median over rounds.
PostgreSQL runs without fsync: a commit costs next to nothing, so that the disk does not hide what is our own.
"""

import os
import platform
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from sqlalchemy import text as sql

from scrm import wiring
from scrm.core import clock, migrate
from scrm.core.db import app_url, corp_schema, database, transaction
from scrm.core.settings import settings
from scrm.customers.queries.audience import Edges
from scrm.marketing import plan
from scrm.marketing.actions.storing import store
from scrm.runtime import postgres, programs, redis, throwaway
from scrm.wecom import corps, crypt, xml
from tests.bench import bare
from tests.support import foreign
from tests.support.database import owner
from tests.support.foreign import Envelope, ForeignApp
from tests.support.service import free_port

ROUNDS = 15
OPENINGS = 2_000  # per round
REQUESTS = 200  # per round
WARM_UP = 400
CUSTOMERS = 1_000_000
APP = ForeignApp("wwbench0000000000", "benchtoken", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
_BROADCAST = """
INSERT INTO broadcast (title, text, attachments, audience, state, author, author_name, audience_count, without_sender,
                       created_at, updated_at)
VALUES ('bench', '', '[]', '{}', 'planning', 'bench', 'bench', 0, 0, now(), now())
"""


@dataclass(frozen=True)
class Row:
    """One line of the table; times in microseconds per operation, one pair per round."""

    area: str
    goal: float
    limit: Sequence[float]
    ours: Sequence[float]

    @property
    def ratio(self) -> float:
        return statistics.median(ours / limit for ours, limit in zip(self.ours, self.limit, strict=True))

    @property
    def reached(self) -> bool:
        return self.ratio <= self.goal

    def line(self) -> str:
        limit, ours = statistics.median(self.limit), statistics.median(self.ours)
        mark = "✓" if self.reached else "✗"
        return f"{self.area} | {limit:.1f} µs | {ours:.1f} µs | {self.ratio:.2f} | ≤ {self.goal:g} | {mark}"


def main() -> int:
    """Print the table; the exit code."""
    seed = os.environ.get("SEED", "1")
    _say(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, seed {seed}")
    _say(", ".join(f"{name} {version(name)}" for name in ("granian", "psycopg", "cryptography", "numpy")))
    _say("area | limit | ours | ratio | goal | pass")
    missed = 0
    measures = (
        open_callback,
        request_callback,
        lambda: plan_broadcast(senders=300),
        lambda: plan_broadcast(senders=50),
    )
    for measure in measures:
        row = measure()
        _say(row.line())
        missed += not row.reached
    return 1 if missed else 0


def open_callback() -> Row:
    """Signature, both XML layers and the message, against Base64, AES and SHA-1 alone."""
    sealed = _sealed(OPENINGS)
    key = crypt.aes_key(APP.aes_key)
    encrypted = [_encrypted(envelope) for envelope in sealed]

    def ours() -> None:
        for envelope in sealed:
            query = envelope.query
            text = xml.text_of(xml.parse(envelope.body), "Encrypt")
            crypt.check_signature(APP.token, query["timestamp"], query["nonce"], text, query["msg_signature"])
            xml.parse(crypt.decrypt(key, text, APP.corp_id))

    def limit() -> None:
        for envelope, text in zip(sealed, encrypted, strict=True):
            query = envelope.query
            bare.opened(query["timestamp"], query["nonce"], query["msg_signature"], text, token=APP.token, key=key)

    ours_times, limit_times = _alternate(ours, limit, OPENINGS)
    return Row("打开回调 / open a callback", 4.0, limit_times, ours_times)


def request_callback() -> Row:
    """A request through the whole stack as the service's own role, against the bare handler in the same server."""
    with _service() as (ours_port, bare_port):
        path = f"/wecom/callback/{APP.corp_id}/customer"
        with _connection(ours_port) as ours_line, _connection(bare_port) as bare_line:
            _ask(ours_line, _requests(path, WARM_UP))
            _ask(bare_line, _requests("/", WARM_UP))
            # Sealed before the clock starts: the sender's work is not what is measured.
            prepared = {name: [_requests(name, REQUESTS) for _ in range(ROUNDS)] for name in (path, "/")}
            ours_times, limit_times = _alternate(
                lambda: _ask(ours_line, prepared[path].pop()), lambda: _ask(bare_line, prepared["/"].pop()), REQUESTS
            )
    return Row("回调请求 / callback request", 1.5, limit_times, ours_times)


def plan_broadcast(*, senders: int) -> Row:
    """From follow relations to stored slices and recipients, against one stable sort of the relations.

    1,000,000 customers with 1,250,000 relations, a twentieth over quota; 50 senders meet the cut at 10,000, 300 do not.
    """
    dice = np.random.default_rng(int(os.environ.get("SEED", "1")))
    count = CUSTOMERS + CUSTOMERS // 4
    customers = np.concatenate((np.arange(1, CUSTOMERS + 1), dice.integers(1, CUSTOMERS + 1, CUSTOMERS // 4)))
    dice.shuffle(customers)
    staff = dice.integers(1, senders + 1, count)
    talked = np.where(dice.random(count) < 0.5, dice.integers(1, 2**31, count), 0)
    edges = Edges(customers, staff, talked, dice.integers(1, 2**31, count))
    may_send = np.arange(1, senders + 1)
    used_up = dice.choice(CUSTOMERS, CUSTOMERS // 20, replace=False) + 1
    with throwaway.postgres_server() as cluster:
        os.environ.update(
            SCRM_DATABASE_URL=postgres.create_database(cluster, "scrm_plan"), SCRM_SECRET_KEY=secrets.token_hex(32)
        )
        settings.cache_clear()
        database.dispose()
        migrate.upgrade(settings().database_url, settings().secret_key)
        corp = _apply_corp()
        with transaction(corp) as session:
            session.execute(sql(_BROADCAST))

        def ours() -> None:
            made = plan.make(edges, may_send=may_send, used_up=used_up)
            with transaction(corp) as session:
                store(session, 1, made, now=clock.now())

        def limit() -> None:
            np.argsort(customers, kind="stable")

        ours_times, limit_times = _alternate(ours, limit, CUSTOMERS)
        with transaction(corp) as session:
            stored = session.scalar(sql("SELECT sum(total) FROM broadcast_slice"))
        database.dispose()
    if stored != CUSTOMERS * ROUNDS:
        raise RuntimeError(f"{stored} recipients stored")
    return Row(f"群发计划 / plan a broadcast, {senders} senders", 15.0, limit_times, ours_times)


def _alternate(ours: Callable[[], None], limit: Callable[[], None], count: int) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        pairs = [(times[0], ours), (times[1], limit)]
        for kept, run in pairs if number % 2 else reversed(pairs):
            began = time.perf_counter()
            run()
            kept.append((time.perf_counter() - began) / count * 1e6)
    return times


def _sealed(count: int) -> list[Envelope]:
    return [
        APP.seal(foreign.event("add_external_contact", UserID="zhangsan", ExternalUserID=f"wm{secrets.token_hex(15)}"))
        for _ in range(count)
    ]


def _encrypted(envelope: Envelope) -> str:
    return envelope.body.decode().partition("<Encrypt>")[2].partition("</Encrypt>")[0]


def _requests(path: str, count: int) -> list[bytes]:
    head = "POST {}?{} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n"
    return [
        head.format(path, envelope.query_string, len(envelope.body)).encode() + envelope.body
        for envelope in _sealed(count)
    ]


def _ask(line: socket.socket, requests: Sequence[bytes]) -> None:
    """Send one request after another on one connection; every one must be answered 200."""
    for request in requests:
        line.sendall(request)
        answer = line.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200") or b"\r\n\r\n" not in answer:
            raise RuntimeError(answer.decode("utf-8", "replace")[:300])


@contextmanager
def _connection(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield line


@contextmanager
def _service() -> Iterator[tuple[int, int]]:
    """Both servers on one throwaway database; their ports."""
    with throwaway.postgres_server() as cluster, throwaway.redis_server() as doorbell, ExitStack() as stack:
        ours_port, bare_port = free_port(), free_port()
        os.environ.update(
            SCRM_DATABASE_URL=postgres.create_database(cluster, "scrm_bench"),
            SCRM_REDIS_URL=redis.url(doorbell),
            SCRM_SECRET_KEY=secrets.token_hex(32),
            SCRM_PORT=str(ours_port),
        )
        settings.cache_clear()
        config = settings()
        migrate.upgrade(config.database_url, config.secret_key)
        wiring.wire()
        corp = _apply_corp()
        address = app_url(config.database_url, config.secret_key)
        _copy_inbox(corp)
        argv = next(program.argv for program in programs.service(config) if program.name == "web")
        stack.enter_context(_serving(argv, {}, ours_port))
        other = [*argv[:-1], "tests.bench.bare:application"]
        other[other.index("--port") + 1] = str(bare_port)
        variables = {
            "BENCH_TOKEN": APP.token,
            "BENCH_AES_KEY": APP.aes_key,
            "BENCH_DATABASE": address.replace("postgresql+psycopg://", "postgresql://", 1),
        }
        stack.enter_context(_serving(other, variables, bare_port))
        yield ours_port, bare_port


def _apply_corp() -> int:
    app = {"key": "customer", "kind": "app", "agent_id": 1, "secret": "s", "token": APP.token, "aes_key": APP.aes_key}
    file = {"corp_id": APP.corp_id, "name": "bench", "api_base": "http://127.0.0.1:9", "apps": [app]}
    return corps.apply(corps.check(file), None)


def _copy_inbox(corp: int) -> None:
    """The bare handler's table: the same columns and indexes, reached without a role of its own."""
    with owner() as connection:
        connection.execute("CREATE SCHEMA bench")
        connection.execute(
            f"CREATE TABLE bench.wecom_inbox (LIKE {corp_schema(corp)}.wecom_inbox INCLUDING ALL)".encode()
        )
        connection.execute("GRANT USAGE ON SCHEMA bench TO scrm_app")
        connection.execute("GRANT SELECT, INSERT ON bench.wecom_inbox TO scrm_app")


@contextmanager
def _serving(argv: Sequence[str], variables: dict[str, str], port: int) -> Iterator[None]:
    process = subprocess.Popen(argv, env={**os.environ, **variables}, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
