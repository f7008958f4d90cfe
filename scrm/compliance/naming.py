"""Names of conversations, rules and handovers, and what of this room is about a customer or a member."""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scrm.compliance.alerts.models import Alert
from scrm.compliance.archive.models import Conversation, ConversationMember
from scrm.compliance.handovers.models import Handover
from scrm.compliance.rules.models import Rule
from scrm.core import naming
from scrm.core.naming import numbers

_MANY = 2_000  # conversations or alerts of one person


def conversations(session: Session, ids: list[str]) -> dict[str, str]:
    """A group's name, or who talks with whom."""
    rows = session.scalars(select(Conversation).where(Conversation.id.in_(numbers(ids)))).all()
    people = {row.id: _people(row) for row in rows}
    names = naming.names(session, (one for some in people.values() for spellings in some for one in spellings))

    def called(spellings: list[str]) -> str:
        return next((names[one] for one in spellings if one in names), spellings[0].partition(":")[2])

    return {str(number): "〉与〈".join(map(called, some)) for number, some in people.items()}


def rules(session: Session, ids: list[str]) -> dict[str, str]:
    query = select(Rule.id, Rule.name).where(Rule.id.in_(numbers(ids)))
    return {str(number): name for number, name in session.execute(query)}


def handovers(session: Session, ids: list[str]) -> dict[str, str]:
    """The member whose customers are handed over."""
    found = session.execute(select(Handover.id, Handover.userid).where(Handover.id.in_(numbers(ids)))).all()
    names = naming.names(session, (f"staff:{userid}" for _, userid in found))
    return {str(number): names.get(f"staff:{userid}", userid) for number, userid in found}


def alerts(session: Session, ids: list[str]) -> dict[str, str]:
    """The customer whom an alert is about."""
    query = select(Alert.id, Alert.external_userid).where(Alert.id.in_(numbers(ids)))
    found = session.execute(query).all()
    names = naming.names(session, (f"customer:{external_userid}" for _, external_userid in found))
    return {str(number): names.get(f"customer:{own}", own) for number, own in found}


def relatives(session: Session, kind: str, own: str) -> Iterable[str]:
    """Alerts, conversations and handovers of a customer, a member or a group."""
    if kind not in {"customer", "staff", "group"}:
        return
    talked = or_(
        Conversation.id.in_(
            select(ConversationMember.conversation_id).where(
                ConversationMember.who == (own.lower() if kind == "staff" else own)
            )
        ),
        Conversation.roomid == own,
    )
    for number in session.scalars(select(Conversation.id).where(talked).order_by(Conversation.id.desc()).limit(_MANY)):
        yield f"conversation:{number}"
    of_alert = Alert.userid == own if kind == "staff" else Alert.external_userid == own
    for number in session.scalars(select(Alert.id).where(of_alert).order_by(Alert.id.desc()).limit(_MANY)):
        yield f"alert:{number}"
    if kind == "staff":
        for number in session.scalars(select(Handover.id).where(Handover.userid == own)):
            yield f"handover:{number}"


def _people(row: Conversation) -> list[list[str]]:
    """Whom to name; a peer's id is a customer's or a member's."""
    if row.roomid is not None:
        return [[f"group:{row.roomid}"]]
    sides = [[f"staff:{row.userid}"]] if row.userid else []
    return [*sides, [f"customer:{row.peer}", f"staff:{row.peer}"]] if row.peer else sides
