"""Where an installation keeps what: data, logs, sockets."""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scrm.runtime.errors import Refused

# A socket address holds 107 bytes and a terminator; the longest name we put into the directory is pg/.s.PGSQL.5432.lock
_LONGEST_SOCKET_DIRECTORY = 107 - len("/pg/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Places:
    """The directories of one installation."""

    data: Path
    sockets: Path

    @property
    def run(self) -> Path:
        """Rendered configuration and locks."""
        return self.data / "run"

    @property
    def log(self) -> Path:
        return self.data / "log"

    @property
    def cluster(self) -> Path:
        """The PostgreSQL data directory, or a link to it where its account cannot reach the data directory."""
        return self.data / "postgres"

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets / "pg"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"


def places(data_dir: Path) -> Places:
    """The places of the installation in ``data_dir``; the same answer for every process, nothing is made."""
    data = data_dir.resolve()
    return Places(data=data, sockets=_socket_directory(data))


def prepare(there: Places) -> None:
    """Make the directories that are missing; raises `Refused` where that is not allowed."""
    try:
        for path in (there.data, there.run, there.log):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close(there)
        there.sockets.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"无法写入 {error.filename}（{error.strerror}）：请更改权限，或用 SCRM_DATA_DIR 指定另一个目录",
            f"cannot write {error.filename} ({error.strerror}); change its mode or point SCRM_DATA_DIR elsewhere",
        ) from None
    if there.sockets.stat().st_uid != os.geteuid():
        raise Refused(
            f"{there.sockets} 属于另一个用户：请删除它，或使用该用户运行",
            f"{there.sockets} belongs to another user; remove it or run as that user",
        )


def _close(there: Places) -> None:
    """What versions before left readable by everybody: directories 0700, logs 0600."""
    if there.data.stat().st_uid != os.geteuid():
        return  # its owner closes it
    # A cluster of before whose account passes through the directory: pass it may, and see nothing else.
    lent = there.cluster.is_dir() and not there.cluster.is_symlink() and there.cluster.stat().st_uid != os.geteuid()
    there.data.chmod(0o711 if lent else 0o700)
    for path in (there.run, there.log):
        path.chmod(0o700)
    for path in there.log.iterdir():
        if path.is_file() and not path.is_symlink():
            path.chmod(0o600)


def throwaway() -> Places:
    """Fresh places below the temporary directory, to be given to `discard`."""
    base = Path(tempfile.mkdtemp(prefix="scrm-"))
    there = Places(data=base, sockets=base / "s")
    prepare(there)
    base.chmod(0o755)  # the PostgreSQL account passes through to its own 0700 directory
    return there


def discard(there: Places) -> None:
    """Remove throwaway places, and the cluster they link to."""
    if there.cluster.is_symlink():
        shutil.rmtree(there.cluster.resolve().parent, ignore_errors=True)
    shutil.rmtree(there.data, ignore_errors=True)


def fingerprint(data: Path) -> str:
    """Twelve characters that stand for a data directory in names outside it."""
    return hashlib.sha256(os.fsencode(data)).hexdigest()[:12]


def _socket_directory(data: Path) -> Path:
    # Not XDG_RUNTIME_DIR: it vanishes at logout, and with it the sockets of a service left running.
    if os.geteuid() == 0 and os.access("/run", os.W_OK):
        return Path("/run") / f"scrm-{fingerprint(data)}"
    inside = data / "run" / "s"
    if os.geteuid() != 0 and len(os.fsencode(inside)) <= _LONGEST_SOCKET_DIRECTORY:
        return inside
    return Path(tempfile.gettempdir()) / f"scrm-{os.geteuid()}-{fingerprint(data)}"
