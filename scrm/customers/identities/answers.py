"""What this room answers others; see `scrm.contracts.identities`."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from scrm.contracts.identities import Noted
from scrm.customers.identities import actions, queries


class Answers:
    """Reads and the one thing that is told."""

    def note(self, session: Session, noted: Mapping[int, Noted], /) -> None:
        actions.note(session, noted)

    def called(self, session: Session, words: str, /) -> dict[int, str]:
        return queries.called(session, words)

    def phones(self, session: Session, customer_id: int, /) -> list[str]:
        return queries.phones(session, customer_id)
