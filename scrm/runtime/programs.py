"""The processes that make up the service."""

import signal
import sys

from scrm.core.settings import Settings
from scrm.runtime import postgres, redis
from scrm.runtime.places import Places
from scrm.runtime.supervision import Program

LANES = ("urgent", "default", "bulk")
EVENTS_PER_MINUTE = 6  # so that the demo's console moves
CONNECTIONS = 4096  # more than a stranger's machine holds open by chance; each costs a few KB
_HEADER_SECONDS = 10  # also how long an idle connection is kept
_HEADER_BYTES = 32 * 1024


def embedded(there: Places, config: Settings) -> list[Program]:
    """The servers that the settings do not name."""
    found = []
    if not config.database_url:
        cluster = postgres.prepare(there)
        found.append(
            Program(
                name="postgres",
                argv=postgres.command(cluster),
                group="servers",
                order=10,
                at_once=True,
                account=cluster.account,
                stop_signal=signal.SIGINT,  # fast shutdown; SIGTERM would wait for clients
                stop_seconds=5,
            )
        )
    if not config.redis_url:
        found.append(
            Program(name="redis", argv=redis.command(there), group="servers", order=10, at_once=True, stop_seconds=1)
        )
    return found


def simulator(there: Places, config: Settings, port: int) -> Program:
    """The WeCom simulator with the demo corp; what visitors change in it survives a restart."""
    argv = _python("-m", "simulator", "--host", "127.0.0.1", "--port", str(port), "--demo")
    argv += ["--journal", str(there.data / "simulator.jsonl")]
    argv += ["--callback-base", f"http://127.0.0.1:{config.port}", "--trickle", str(EVENTS_PER_MINUTE)]
    return Program(name="simulator", argv=argv, group="work", order=20, at_once=True, stop_seconds=3)


def service(config: Settings) -> list[Program]:
    """Web server, workers and scheduler: whatever needs a migrated database."""
    workers = [
        Program(
            name=f"worker-{lane}",
            argv=_python("-m", "workers.worker", lane),
            group="work",
            order=20,
            stop_seconds=3,
        )
        for lane in LANES
    ]
    scheduler = Program(
        name="scheduler", argv=_python("-m", "workers.scheduler"), group="work", order=20, stop_seconds=2
    )
    return [*workers, scheduler, _web(config)]


def _web(config: Settings) -> Program:
    argv = _python("-m", "granian", "--interface", "rsgi", "--loop", "uvloop", "--http", "1", "--no-ws")
    argv += ["--host", config.host, "--port", str(config.port)]
    # One worker process: its threads share one pool of connections, and metrics count in one place.
    argv += ["--workers", "1", "--backlog", "2048", "--backpressure", str(CONNECTIONS)]
    argv += ["--http1-header-read-timeout", str(_HEADER_SECONDS * 1000), "--http1-buffer-size", str(_HEADER_BYTES)]
    argv += ["--respawn-failed-workers", "--workers-kill-timeout", "2", "--log-level", "warning", "rsgi:app"]
    return Program(name="web", argv=argv, group="web", order=30, stop_seconds=3)


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]
