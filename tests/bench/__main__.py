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
from functools import partial
from importlib.metadata import version

from scrm import wiring
from scrm.compliance.archive.queries.message_search import FEW
from scrm.core import logs, migrate
from scrm.core.db import app_url, corp_schema, database
from scrm.core.settings import settings
from scrm.runtime import postgres, programs, redis, throwaway
from scrm.wecom import corp_spec, corps, crypt, xml
from tests.bench import archive, bare, broadcast, pulse, searches, timeline, trail, upgrade
from tests.bench import corps as many_corps
from tests.bench.measured import Measured, rounds
from tests.support import foreign
from tests.support.database import owner
from tests.support.foreign import Envelope, ForeignApp
from tests.support.service import free_port

ROUNDS = 15
OPENINGS = 2_000  # per round
REQUESTS = 200  # per round
WARM_UP = 400
SEARCHED = int(os.environ.get("BENCH_MESSAGES", "1000000"))
SEARCH_MILLISECONDS = 5.0
APP = ForeignApp("wwbench0000000000", "benchtoken", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")


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
    logs.configure()
    seed = os.environ.get("SEED", "1")
    _say(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, seed {seed}")
    _say(", ".join(f"{name} {version(name)}" for name in ("granian", "psycopg", "cryptography", "numpy")))
    _say("area | limit | ours | ratio | goal | pass")
    missed = 0
    for measure in (open_callback, request_callback, scan_messages):
        row = measure()
        _say(row.line())
        missed += not row.reached
    with _database() as corp:
        plans = [partial(plan_broadcast, senders=senders) for senders in (300, 50)]
        measures: list[Callable[[int], Row]] = [*plans, ingest_page, pull_archive]
        for measure_in in measures:
            row = measure_in(corp)
            _say(row.line())
            missed += not row.reached
        missed += search_messages(corp)
        missed += searches.report(corp, _say)
        row = seller_pulse(corp)
        _say(row.line())
        missed += not row.reached
        trail.report(corp, _say)
    with _database() as corp:
        missed += timeline.report(corp, _say)
    with _database():
        missed += many_corps.report(_say)
    with _database() as corp:
        missed += upgrade.report(corp, _say)
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

    measured = _alternate(ours, limit, OPENINGS)
    return Row("打开回调 / open a callback", 4.0, measured.limit, measured.ours)


def request_callback() -> Row:
    """A request through the whole stack as the service's own role, against the bare handler on a blocking thread.

    The body is read before a thread is taken (docs/decisions/front.md): that is the difference, beyond a third.
    """
    with _service() as (ours_port, bare_port):
        path = f"/wecom/callback/{APP.corp_id}/customer"
        with _connection(ours_port) as ours_line, _connection(bare_port) as bare_line:
            _ask(ours_line, _requests(path, WARM_UP))
            _ask(bare_line, _requests("/", WARM_UP))
            # Sealed before the clock starts: the sender's work is not what is measured.
            prepared = {name: [_requests(name, REQUESTS) for _ in range(ROUNDS)] for name in (path, "/")}
            measured = _alternate(
                lambda: _ask(ours_line, prepared[path].pop()), lambda: _ask(bare_line, prepared["/"].pop()), REQUESTS
            )
    return Row("回调请求 / callback request", 2.2, measured.limit, measured.ours)


def plan_broadcast(corp: int, *, senders: int) -> Row:
    """From follow relations to stored slices and recipients, against one stable sort: 15 times as long at most.

    50 senders meet the cut at 10,000 customers a call, 300 do not.
    """
    measured = broadcast.plan_and_store(corp, senders=senders)
    return Row(f"群发计划 / plan a broadcast, {senders} senders", 15.0, measured.limit, measured.ours)


def scan_messages() -> Row:
    """A rule of 10,000 words over pages, against the bare automaton per message: half its speed at least."""
    measured = archive.scan()
    return Row("词表规则 / word list, per message", 2.0, measured.limit, measured.ours)


def ingest_page(corp: int) -> Row:
    """The rows of a page packed and copied, against COPY of them as prebuilt bytes: half its speed at least."""
    archive.add_rule(corp)
    measured = archive.ingest(corp)
    return Row("存档入库 / page ingest, per message", 2.0, measured.limit, measured.ours)


def pull_archive(corp: int) -> Row:
    """Opened, scanned, indexed, stored, against RSA alone on as many threads: three quarters of its speed at least."""
    measured = archive.whole(corp)
    return Row("存档全程 / archive end to end, per message", 4 / 3, measured.limit, measured.ours)


def seller_pulse(corp: int) -> Row:
    """What an open page asks every second, at 1,000,000 customers, against one query by primary key."""
    measured = pulse.quiet(corp)
    return Row("脉搏 / a salesperson's pulse", pulse.GOAL, measured.limit, measured.ours)


def search_messages(corp: int) -> int:
    """The newest twenty of 1,000,000 messages; how many words take 5 ms or more, among those with few matches."""
    slow = 0
    for word, total, milliseconds in archive.newest_twenty(corp, SEARCHED):
        selective = total <= FEW
        missed = selective and milliseconds >= SEARCH_MILLISECONDS
        goal = f"< {SEARCH_MILLISECONDS:g} ms" if selective else "–"
        mark = "✗" if missed else "✓"
        _say(f"搜索 / search {word}, {total} of {SEARCHED} | – | {milliseconds:.1f} ms | – | {goal} | {mark}")
        slow += missed
    return slow


def _alternate(ours: Callable[[], None], limit: Callable[[], None], count: int) -> Measured:
    return rounds(ROUNDS, count, lambda _: ours(), lambda _: limit())


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
def _database() -> Iterator[int]:
    """A migrated throwaway database with one corp; its number."""
    with throwaway.postgres_server() as cluster, throwaway.redis_server() as doorbell:
        os.environ.update(
            SCRM_DATABASE_URL=postgres.create_database(cluster, "scrm_bench"),
            SCRM_REDIS_URL=redis.url(doorbell),
            SCRM_SECRET_KEY=secrets.token_hex(32),
        )
        settings.cache_clear()
        database.dispose()
        config = settings()
        migrate.upgrade(config.database_url, config.secret_key)
        wiring.wire()
        yield _apply_corp()
        database.dispose()


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
        other = [*argv[:-1], "--blocking-threads", "48", "tests.bench.bare:application"]
        other[other.index("--interface") + 1] = "wsgi"
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
    return corps.apply(corp_spec.check(file), None)


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
