"""Running the simulator: a threaded HTTP server of its own, one process, everything in memory."""

import logging
import signal
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from simulator import demo
from simulator.app import create_app
from simulator.control import add_corp
from simulator.journal import Journal
from simulator.state import Simulator
from simulator.trickle import Trickle

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class _Handler(WSGIRequestHandler):
    """Really closes a connection that a misfortune cuts; the library would wait for its next request."""

    def connection_dropped(self, error: BaseException, environ: "WSGIEnvironment | None" = None) -> None:  # noqa: ARG002
        self.close_connection = True


@dataclass
class Running:
    """A simulator that listens; ``url`` has no trailing slash."""

    sim: Simulator
    server: BaseWSGIServer
    journal: Journal | None

    @property
    def url(self) -> str:
        host = f"[{self.server.host}]" if ":" in self.server.host else self.server.host
        return f"http://{host}:{self.server.port}"

    def close(self) -> None:
        """Stop listening and sending."""
        self.server.shutdown()
        self.server.server_close()
        for corp_id in list(self.sim.corps):
            self.sim.remove(corp_id)
        if self.journal is not None:
            self.journal.close()


def open_server(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    with_demo: bool = False,
    journal: Path | None = None,
    callback_base: str = "",
    trickle: float = 0.0,
) -> Running:
    """Bind the port (0: any free one) and load the world; OSError if the port is taken.

    ``trickle`` is the number of small events a minute and corp that happen by themselves.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    sim = Simulator(callback_base=callback_base)
    life = Trickle(sim)
    # Bound here because the library prints advice and exits when the port is taken.
    bound = socket.create_server((host, port), family=_family(host), backlog=512)
    server = make_server(
        host, bound.getsockname()[1], create_app(sim, life), threaded=True, request_handler=_Handler, fd=bound.fileno()
    )
    bound.close()
    server.daemon_threads = True  # type: ignore[attr-defined]
    kept = Journal(journal) if journal is not None else None
    if kept is not None:
        kept.open(sim)
    if with_demo and demo.CORP_ID not in sim.corps:
        add_corp(sim, demo.spec())
    if trickle:
        life.set(on=True, per_minute=trickle, corp_id="")
    return Running(sim, server, kept)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    with_demo: bool = False,
    journal: Path | None = None,
    callback_base: str = "",
    trickle: float = 0.0,
) -> None:
    """Serve until SIGTERM or SIGINT; the first line on stdout is the address."""
    running = open_server(
        host=host, port=port, with_demo=with_demo, journal=journal, callback_base=callback_base, trickle=trickle
    )

    def stop(_signum: int, _frame: FrameType | None) -> None:
        threading.Thread(target=running.server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"simulator {running.url}", flush=True)  # noqa: T201  the one line a parent process waits for
    running.server.serve_forever()
    running.server.server_close()
    if running.journal is not None:
        running.journal.close()
