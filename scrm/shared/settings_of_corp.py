"""What a corp has set: a table of one row per setting, typed values, their defaults, and a trace of every change.

A setting is its values (a frozen model of pydantic), the table that keeps them under the same names, and how the trail
calls a change. Without a row the defaults hold.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from sqlalchemy.orm import Session

from scrm.core import audit, clock

THE_ONE = 1  # the row's id

V = TypeVar("V", bound=BaseModel)
M = TypeVar("M")


@dataclass(frozen=True, kw_only=True)
class Setting(Generic[V, M]):
    """One setting of a corp; ``table`` has a column per field of ``values``, ``id`` and ``updated_at``.

    ``unset_is_default``: saving the defaults where nothing is set changes nothing.
    """

    values: type[V]
    table: type[M]
    verb: str
    subject: str
    unset_is_default: bool = True

    def of(self, session: Session) -> V:
        """What holds."""
        return self.read(session.get(self.table, THE_ONE))

    def lock(self, session: Session) -> V:
        """What holds; whoever sets it waits here for the other, and sees what became of it."""
        return self.read(session.get(self.table, THE_ONE, with_for_update=True, populate_existing=True))

    def read(self, row: M | None) -> V:
        """The values of a row, or the defaults."""
        names = self.values.model_fields
        return self.values() if row is None else self.values(**{name: getattr(row, name) for name in names})

    def keep(
        self, session: Session, who: audit.Who, wanted: V, *, facts: dict[str, Any] | None = None, **columns: Any
    ) -> bool:
        """Set what differs and note it with ``facts``, which are the values if none are given; whether anything did.

        ``columns`` are what the table has besides. Of two who set it for the first time at once, one has a conflict of
        the table's key, which the room puts into words.
        """
        row = session.get(self.table, THE_ONE, with_for_update=True, populate_existing=True)
        is_set = row is not None and getattr(row, "updated_at", None) is not None
        if self.read(row) == wanted and (is_set or self.unset_is_default):
            return False
        self.put(session, wanted, **columns)
        values = wanted.model_dump(mode="json")
        audit.record(session, who, self.verb, self.subject, values if facts is None else facts)
        return True

    def put(self, session: Session, wanted: V, **columns: Any) -> None:
        """Set it without a trace, where a record of its own tells who did."""
        table: Any = self.table
        kept = session.get(table, THE_ONE) or table(id=THE_ONE)
        for name, value in {**wanted.model_dump(mode="json"), **columns, "updated_at": clock.now()}.items():
            setattr(kept, name, value)
        session.add(kept)
        session.flush()
