"""Files beside the database: named by their SHA-256, on the local disk of the data directory.

A small interface, so that an S3-compatible store can stand in where several machines serve.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from scrm.core.settings import settings


@dataclass
class Incoming:
    """A file that is being written; it stands under its name once `keep` has returned."""

    stream: BinaryIO
    path: Path
    sha256: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    md5: "hashlib._Hash" = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))
    size: int = 0

    def write(self, data: bytes) -> None:
        self.stream.write(data)
        self.sha256.update(data)
        self.md5.update(data)
        self.size += len(data)


@contextmanager
def incoming(corp: int) -> Iterator[Incoming]:
    """A new file of a corp; without `keep` it is gone at the end."""
    folder = _folder(corp)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".incoming-")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield Incoming(stream, path)
    finally:
        path.unlink(missing_ok=True)


def keep(corp: int, file: Incoming) -> bytes:
    """Put the file in its place, safe on the disk; its SHA-256."""
    file.stream.flush()
    os.fsync(file.stream.fileno())
    digest = file.sha256.digest()
    target = _path(corp, digest)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.path.replace(target)
    return digest


def open_file(corp: int, digest: bytes) -> BinaryIO | None:
    """The file with this SHA-256, if it is there."""
    path = _path(corp, digest)
    return path.open("rb") if path.is_file() else None


def growing(corp: int, name: str) -> Path:
    """Where a file stands that is written over some time, under a name of its own; gone with `remove_all`."""
    folder = _folder(corp) / "growing"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / name


def remove_all(corp: int) -> None:
    """Remove every file of a corp."""
    shutil.rmtree(_folder(corp), ignore_errors=True)


def _folder(corp: int) -> Path:
    return settings().data_dir / "media" / f"corp_{int(corp)}"


def _path(corp: int, digest: bytes) -> Path:
    name = digest.hex()
    return _folder(corp) / name[:2] / name
