"""The lists of the architecture page are made from the code: ``python -m tests.checks.documents`` writes them anew.

A list stands between two marks. What a column says that the code does not know is written by hand and carried over, by
the row's first cells; a row that is new has `TO_WRITE` there, which fails the test until somebody has written it.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scrm import wiring
from scrm.core.queue.leased import LeaseActSettle
from scrm.core.queue.nouns import NounQueue
from scrm.core.queue.registry import Queue
from scrm.wiring.listeners import LISTENERS

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"
TO_WRITE = "…"

Row = Sequence[str | None]  # none: by hand


@dataclass(frozen=True)
class List:
    """One list: its columns, the rows as the code has them, and how many first cells tell a row.

    ``open``: rows that the code does not know stay, for what is no room; the order is that of the page.
    """

    heads: tuple[str, ...]
    rows: Callable[[], Iterable[Row]]
    keys: int = 1
    open: bool = False


def _rooms() -> Iterable[Row]:
    for room in wiring.ROOMS:
        heard = dict.fromkeys(
            f"`{event.__name__}`"
            for event, _, handler in LISTENERS
            if handler.__module__.startswith(f"scrm.{room.name}.")
        )
        yield f"`scrm/{room.name.replace('.', '/')}`", None, ", ".join(heard) or "–", None


def _queues() -> Iterable[Row]:
    for queue in wiring.QUEUES:
        lane = getattr(queue, "lane", None)
        table = queue.waiting.model.__tablename__
        yield f"`{queue.name}`", f"`{table}`", lane.value if lane is not None else None, _mode(queue)


def _mode(queue: Queue) -> str:
    if isinstance(queue, LeaseActSettle):
        return "leased"
    return "in a transaction, a noun" if isinstance(queue, NounQueue) else "in a transaction"


def _listeners() -> Iterable[Row]:
    return ((f"`{event.__name__}`", f"`{name}`") for event, name, _ in LISTENERS)


def _replies() -> Iterable[Row]:
    return ((f"`{name}`", None, None) for name in wiring.REPLIES)


LISTS = {
    "rooms": List(("Room", "Owns", "Hears", "Tells"), _rooms, open=True),
    "queues": List(("Queue", "Table", "Lane", "Mode"), _queues),
    "listeners": List(("Event", "Listener"), _listeners, keys=2),
    "replies": List(("Reply", "Call", "Asked by"), _replies),
}


def made(text: str) -> str:
    """The page with its lists as the code has them; raises `KeyError` for a list that has lost its marks."""
    for name, wanted in LISTS.items():
        begin, end = f"<!-- made by make docs: {name} -->\n", "<!-- end -->"
        before, found, rest = text.partition(begin)
        if not found or end not in rest:
            raise KeyError(f"{PAGE.name}: no list of {name} between its marks")
        old, _, after = rest.partition(end)
        text = f"{before}{begin}{_table(wanted, old)}{end}{after}"
    return text


def unwritten(text: str) -> list[str]:
    """Rows of which somebody has to write a part."""
    return [line for line in text.splitlines() if line.startswith("|") and f"| {TO_WRITE} |" in line]


def _table(wanted: List, old: str) -> str:
    stood: dict[Row, list[str]] = {
        tuple(cells[: wanted.keys]): cells for line in old.splitlines()[2:] if (cells := _cells(line))
    }
    rows = {tuple(row[: wanted.keys]): row for row in wanted.rows()}
    kept = list(stood) if wanted.open else [key for key in stood if key in rows]
    # A list with a column by hand keeps the order of the page, and what is new comes last.
    by_hand = wanted.open or any(cell is None for row in rows.values() for cell in row)
    order = [*kept, *(key for key in rows if key not in stood)] if by_hand else list(rows)
    lines = [_line(wanted.heads), _line(["---"] * len(wanted.heads))]
    for key in order:
        carried = stood.get(key, [TO_WRITE] * len(wanted.heads))
        row = rows.get(key, carried)
        lines.append(_line([given if given is not None else hand for given, hand in zip(row, carried, strict=True)]))
    return "".join(f"{line}\n" for line in lines)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split(" | ")] if line.startswith("|") else []


def _line(cells: Iterable[str | None]) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


if __name__ == "__main__":
    page = made(PAGE.read_text("utf-8"))
    PAGE.write_text(page, "utf-8")
    sys.stdout.write("".join(f"to be written by hand: {line}\n" for line in unwritten(page)))
