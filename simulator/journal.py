"""The memory of a simulator: one JSON line per change, played back at the start, so that a kill loses nothing seen.

Lines: ``{"corp": ID, "spec": …, "epoch": …}`` makes a corp anew, ``{"corp": ID, "gone": true}`` removes it, and
``put``/``drop`` lines (see `world.Corp.put`) change a record. The last line per record is the whole truth, which makes
compaction a matter of keeping last lines. Not synced to the disk: it has to survive a killed process, not a power cut.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from simulator import spec as specs
from simulator.state import Simulator
from simulator.world import Corp, Json

COMPACT_LINES = 20_000


class Journal:
    """An open journal file."""

    def __init__(self, path: Path, *, compact_lines: int = COMPACT_LINES) -> None:
        self._lock = threading.Lock()
        self._path = path
        self._lines = 0
        self._compact_lines = compact_lines
        self._limit = 2 * compact_lines
        self._file: TextIO | None = None

    def open(self, sim: Simulator) -> None:
        """Play the file back into the simulator, compact it if it is long, and go on writing at its end."""
        if self._path.exists():
            self._compact()
            for line in _read(self._path):
                replay(sim, line)
                self._lines += 1
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("a", encoding="utf-8")
        self._file.write("\n")  # the last line may be half a line
        sim.write = self.append
        for corp in sim.corps.values():
            corp.write = of_corp(sim, corp)

    def append(self, line: Json) -> None:
        with self._lock:
            if self._file is None:
                return
            self._file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            self._file.flush()
            self._lines += 1
            if self._lines >= self._limit:
                self._file.close()
                self._lines = self._compact()
                self._limit = max(2 * self._compact_lines, 2 * self._lines)
                self._file = self._path.open("a", encoding="utf-8")

    def close(self) -> None:
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _compact(self) -> int:
        kept: dict[tuple[str, ...], str] = {}
        total = 0
        for line in _read(self._path):
            total += 1
            corp_id = line["corp"]
            if "spec" in line or "gone" in line:
                kept = {key: text for key, text in kept.items() if key[0] != corp_id}
                key: tuple[str, ...] = (corp_id,)
            else:
                key = (corp_id, line.get("put") or line["drop"], json.dumps(line["key"]))
            kept.pop(key, None)
            kept[key] = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
        if total >= self._compact_lines:
            fresh = self._path.with_suffix(".new")
            fresh.write_text("".join(f"{text}\n" for text in kept.values()), encoding="utf-8")
            fresh.replace(self._path)
            return len(kept)
        return total


def replay(sim: Simulator, line: Json) -> None:
    """Apply one line of a journal."""
    corp_id = line["corp"]
    if "spec" in line:
        sim.add(specs.build(line["spec"], line["epoch"], callback_base=sim.callback_base))
    elif "gone" in line:
        sim.remove(corp_id)
    elif corp_id in sim.corps:
        sim.corps[corp_id].replay(line)


def of_corp(sim: Simulator, corp: Corp) -> Callable[[Json], None]:
    """The journal as one corp writes it."""
    return lambda line: sim.write({"corp": corp.corp_id, **line})


def _read(path: Path) -> Iterator[Json]:
    with path.open(encoding="utf-8") as lines:
        for text in lines:
            with contextlib.suppress(ValueError):  # the last line of a killed process may be half a line
                line = json.loads(text)
                if isinstance(line, dict):
                    yield line
