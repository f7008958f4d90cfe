"""From a request whose body has been read to a WSGI application, on a thread, and back.

Our own: no library goes from RSGI to WSGI, and those from ASGI go back and forth between thread and loop for each part.
"""

import io
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]

from scrm.core.settings import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]
_OWN_NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
# Of the connection, not of the request: the body is whole when the application gets it.
_LEFT_OUT = frozenset({"transfer-encoding", "expect", "connection"})
LARGE = 64 * 1024  # an answer up to this size is left to the server as it is; most are smaller
# The server would put its own name there.
_UNNAMED = ("server", "")


class File:
    """A file as an answer (PEP 3333): the server reads it as fast as the client does."""

    def __init__(self, file: IO[bytes], size: int = 8192) -> None:
        self.file = file
        self._size = size

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self._size), b"")

    def close(self) -> None:
        self.file.close()


@dataclass
class Answer:
    """What a WSGI application said: in memory, or the path of a file; ``file`` if that is gone when it is closed."""

    status: int = 500
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    path: str | None = None
    file: IO[bytes] | None = None

    @property
    def large(self) -> bool:
        return self.file is not None or (self.path is not None and Path(self.path).stat().st_size > LARGE)

    def send(self, protocol: HTTPProtocol, *, last: bool) -> None:
        """Give it to the server, which takes it at once; ``last`` on this connection."""
        headers = [*self.headers, _UNNAMED, ("connection", "close")] if last else [*self.headers, _UNNAMED]
        if self.path is not None:
            protocol.response_file(self.status, headers, self.path)
        elif self.body:
            protocol.response_bytes(self.status, headers, self.body)
        else:
            protocol.response_empty(self.status, headers)


def environ_of(scope: Scope, body: bytes = b"") -> "WSGIEnvironment":
    """The WSGI environment of a request; its length is what really came."""
    server, _, port = scope.server.rpartition(":")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode("utf-8", "replace").decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": File,
    }
    for name, value in scope.headers.items():
        # A name with an underscore would pass for the one with a hyphen, which a proxy in front has set or removed.
        if name in _LEFT_OUT or "_" in name:
            continue
        key = _OWN_NAMES.get(name) or "HTTP_" + name.upper().replace("-", "_")
        joint = "; " if name == "cookie" else ","
        environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value
    if body or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def call(application: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """Let the application answer; runs on a thread, which does not wait for the client to read."""
    answer = Answer()

    def start_response(
        status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> Callable[[bytes], object]:
        answer.status = int(status.partition(" ")[0])
        answer.headers = [(name.lower(), value) for name, value in headers]
        return _no_write

    said = application(environ, start_response)
    try:
        if isinstance(said, File) and isinstance(name := getattr(said.file, "name", None), str):
            answer.path = name
        else:
            _take(answer, said)
        return answer
    finally:
        getattr(said, "close", lambda: None)()


def _take(answer: Answer, said: Iterable[bytes]) -> None:
    """Keep a small body, and put a large one where it costs no memory while it is read: into a file without a name."""
    parts: list[bytes] = []
    length = 0
    for part in said:
        length += len(part)
        if answer.file is None and length > LARGE:
            answer.file = tempfile.TemporaryFile(dir=settings().data_dir)  # noqa: SIM115  closed when it has been read
            answer.file.writelines(parts)
            parts.clear()
        if answer.file is None:
            parts.append(part)
        else:
            answer.file.write(part)
    answer.body = b"".join(parts)
    if answer.file is not None:
        answer.file.seek(0)
        answer.path = f"/dev/fd/{answer.file.fileno()}"


def _no_write(_part: bytes) -> object:
    raise NotImplementedError("our applications return what they say")
