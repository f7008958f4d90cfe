"""Which conversation a message belongs to; counts, last words and members are kept along."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, Text, any_, literal, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from scrm.compliance.archive.actions.prepared import Ends, Prepared
from scrm.compliance.archive.models import Conversation, ConversationKind
from scrm.contracts.archive import Heard, SenderKind

PREVIEW = 60  # characters of the last message in a list of conversations


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a conversation one."""

    key: str
    kind: ConversationKind
    userid: str | None
    peer: str | None
    roomid: str | None


def sender_kind(sender: str, staff: set[str]) -> SenderKind:
    """Staff, customer or robot; ``staff`` holds the folded userids of members."""
    if not sender:
        return SenderKind.NONE
    if sender.lower() in staff:
        return SenderKind.STAFF
    if sender.startswith("wb"):
        return SenderKind.ROBOT
    return SenderKind.CUSTOMER if sender.startswith(("wm", "wo")) else SenderKind.STAFF


def heard(messages: Sequence[Prepared], ids: Mapping[Ends, int], staff: set[str]) -> list[Heard]:
    """Messages that are being stored in these conversations, as rules need them."""
    kinds = {ends: sender_kind(ends.sender, staff) for ends in ids}
    return [
        Heard(
            id=0,
            msgid=message.opened.msgid,
            at=message.at,
            conversation_id=ids[message.ends],
            sender=message.ends.sender,
            sender_kind=kinds[message.ends],
            receivers=message.ends.receivers,
            roomid=message.ends.roomid,
            spoken=message.spoken,
        )
        for message in messages
    ]


def ids_of(session: Session, firsts: Mapping[Ends, dt.datetime], staff: set[str]) -> dict[Ends, int]:
    """Conversation of each; those that are new are made, as of the moment given with their ends."""
    keys = {ends: _key(ends, staff) for ends in firsts}
    known = _known(session, {key.key for key in keys.values()})
    rows = {
        key.key: {
            "key": key.key,
            "kind": key.kind.value,
            "userid": key.userid,
            "peer": key.peer,
            "roomid": key.roomid,
            "messages": 0,
            "first_at": firsts[ends],
            "last_at": firsts[ends],
            "last_sender": "",
            "last_type": "",
            "last_words": "",
        }
        for ends, key in keys.items()
        if key.key not in known
    }
    if rows:
        session.execute(insert(Conversation).on_conflict_do_nothing(index_elements=["key"]), list(rows.values()))
        known |= _known(session, rows)
    return {ends: known[key.key] for ends, key in keys.items()}


_COUNT = text(
    "UPDATE conversation c SET messages = c.messages + n.count, first_at = least(c.first_at, n.first_at),"
    " last_sender = CASE WHEN n.last_at >= c.last_at THEN n.sender ELSE c.last_sender END,"
    " last_type = CASE WHEN n.last_at >= c.last_at THEN n.msgtype ELSE c.last_type END,"
    " last_words = CASE WHEN n.last_at >= c.last_at THEN n.words ELSE c.last_words END,"
    " last_at = greatest(c.last_at, n.last_at)"
    " FROM unnest(CAST(:ids AS bigint[]), CAST(:counts AS bigint[]), CAST(:firsts AS timestamptz[]),"
    " CAST(:lasts AS timestamptz[]), CAST(:senders AS text[]), CAST(:types AS text[]), CAST(:words AS text[]))"
    " AS n(id, count, first_at, last_at, sender, msgtype, words) WHERE c.id = n.id"
)


def count(session: Session, messages: Sequence[Prepared], ids: Mapping[Ends, int]) -> None:
    """Take new messages into the counts and last words of their conversations."""
    counts: Counter[int] = Counter()
    first: dict[int, dt.datetime] = {}
    last: dict[int, Prepared] = {}
    for message in messages:
        place = ids[message.ends]
        counts[place] += 1
        if place not in last:
            first[place], last[place] = message.at, message
        elif message.at >= last[place].at:
            last[place] = message
        elif message.at < first[place]:
            first[place] = message.at
    wanted = sorted(counts)
    session.execute(
        _COUNT,
        {
            "ids": wanted,
            "counts": [counts[one] for one in wanted],
            "firsts": [first[one] for one in wanted],
            "lasts": [last[one].at for one in wanted],
            "senders": [last[one].ends.sender for one in wanted],
            "types": [last[one].msgtype for one in wanted],
            "words": [" ".join(last[one].spoken.split())[:PREVIEW] for one in wanted],
        },
    )


_NOTE_MEMBERS = text(
    "INSERT INTO conversation_member (conversation_id, who)"
    " SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:people AS text[])) ON CONFLICT DO NOTHING"
)


def note_members(session: Session, ids: Mapping[Ends, int], staff: set[str]) -> None:
    """Keep who was seen in which conversation."""
    pairs = sorted({(place, _who(person, staff)) for ends, place in ids.items() for person in ends.people if person})
    if pairs:
        session.execute(_NOTE_MEMBERS, {"ids": [pair[0] for pair in pairs], "people": [pair[1] for pair in pairs]})


def _who(person: str, staff: set[str]) -> str:
    """Userids compare without case, external ids with."""
    return person.lower() if sender_kind(person, staff) is SenderKind.STAFF else person


def _key(ends: Ends, staff: set[str]) -> Key:
    if ends.roomid:
        return Key(f"room:{ends.roomid}", ConversationKind.GROUP, None, None, ends.roomid)
    people = sorted({_who(person, staff) for person in (ends.sender, *ends.receivers[:1]) if person})
    kinds = {person: sender_kind(person, staff) for person in people}
    members = [person for person in people if kinds[person] is SenderKind.STAFF]
    if len(people) != 2 or not members:
        return Key(f"other:{'|'.join(people)}", ConversationKind.OTHER, members[0] if members else None, None, None)
    member, peer = (members[0], next(person for person in people if person != members[0]))
    kind = ConversationKind.INTERNAL if len(members) == 2 else ConversationKind.CUSTOMER
    return Key(f"single:{member}|{peer}", kind, member, peer, None)


def _known(session: Session, keys: Iterable[str]) -> dict[str, int]:
    query = select(Conversation.key, Conversation.id).where(Conversation.key == any_(literal(list(keys), ARRAY(Text))))
    return dict(session.execute(query).all())
