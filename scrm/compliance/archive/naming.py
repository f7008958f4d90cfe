"""Names of conversations for whoever shows a ``conversation:…``, and those of a customer, a member or a group."""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scrm.compliance.archive.models import Conversation, ConversationMember
from scrm.core import naming
from scrm.core.naming import MANY, numbers


def conversations(session: Session, ids: list[str]) -> dict[str, str]:
    """A group's name, or who talks with whom."""
    rows = session.scalars(select(Conversation).where(Conversation.id.in_(numbers(ids)))).all()
    people = {row.id: _people(row) for row in rows}
    names = naming.names(session, (one for some in people.values() for spellings in some for one in spellings))

    def called(spellings: list[str]) -> str:
        return next((names[one] for one in spellings if one in names), spellings[0].partition(":")[2])

    return {str(number): "〉与〈".join(map(called, some)) for number, some in people.items()}


def relatives(session: Session, kind: str, own: str) -> Iterable[str]:
    """The conversations that a customer or a member takes part in, or of a group, newest first."""
    if kind not in {"customer", "staff", "group"}:
        return
    member = ConversationMember.who == (own.lower() if kind == "staff" else own)
    talked = or_(
        Conversation.id.in_(select(ConversationMember.conversation_id).where(member)), Conversation.roomid == own
    )
    for number in session.scalars(select(Conversation.id).where(talked).order_by(Conversation.id.desc()).limit(MANY)):
        yield f"conversation:{number}"


def _people(row: Conversation) -> list[list[str]]:
    """Whom to name; a peer's id is a customer's or a member's."""
    if row.roomid is not None:
        return [[f"group:{row.roomid}"]]
    sides = [[f"staff:{row.userid}"]] if row.userid else []
    return [*sides, [f"customer:{row.peer}", f"staff:{row.peer}"]] if row.peer else sides
