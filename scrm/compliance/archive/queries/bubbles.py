"""From rows to what a page shows: names, files, recalls and alerts, each asked for once per page of messages."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scrm.compliance.archive import content
from scrm.compliance.archive.models import Conversation, ConversationKind, Message, MessageRecall, MessageVersion
from scrm.compliance.archive.schemas import ConversationRow, MessageHit, MessageRow, MessageVersionRow, Person
from scrm.contracts.alerts import hits
from scrm.contracts.archive import SenderKind
from scrm.contracts.customers import people as contacts
from scrm.contracts.customers import remarks
from scrm.contracts.groups import groups as chats
from scrm.identity.actor import Actor
from scrm.identity.queries import staff_by_userids
from scrm.wecom.archive.models import ArchiveMedia

_HIDDEN = {"msgid", "action", "from", "tolist", "roomid", "msgtime", "msgtype", "sdkfileid"}
_DEEPEST = 16  # levels of a body that are shown as they are
_LONGEST = 2_000  # characters of what lies deeper


class Bubbles:
    """Names met so far, and the making of rows."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session = session
        self._actor = actor
        self._remarks: dict[tuple[str, str], str] = {}
        self._people: dict[str, Person] = {}
        self._groups: dict[str, str] = {}

    def meet(self, conversations: Sequence[Conversation]) -> None:
        """Look up everybody who is named by these conversations."""
        people = {who for row in conversations for who in (row.userid, row.peer) if who}
        people |= {row.last_sender for row in conversations if row.last_sender}
        self._look_up(people, {row.roomid for row in conversations if row.roomid})
        pairs = [(row.peer, row.userid) for row in conversations if row.peer and row.userid]
        self._remarks |= remarks().remarks(self._session, self._actor, pairs)

    def conversation(self, row: Conversation, cells: dict[str, Any] | None = None) -> ConversationRow:
        member = self._person(row.userid) if row.userid else None
        peer = self._person(row.peer) if row.peer else None
        group = row.kind == ConversationKind.GROUP
        title = (self._groups.get(row.roomid or "") or "") if group else peer.name if peer else ""
        return ConversationRow(
            id=row.id,
            kind=ConversationKind(row.kind),
            title=title,
            avatar=peer.avatar if peer is not None else "",
            member=member,
            peer=peer,
            remark=self._remarks.get((row.peer or "", row.userid or ""), ""),
            chat_id=row.roomid,
            messages=row.messages,
            first_at=row.first_at,
            last_at=row.last_at,
            last_sender=self._person(row.last_sender).name if row.last_sender else "",
            last_type=row.last_type,
            last_words=row.last_words,
            cells=cells,
        )

    def messages(self, rows: Sequence[Message]) -> list[MessageRow]:
        """In the order of ``rows``."""
        self._look_up({row.sender for row in rows if row.sender}, set())
        recalls = self._recalls([row.msgid for row in rows])
        hits = self._hits(rows)
        others = self._versions([row.msgid for row in rows])
        bodies = [row.body for row in rows] + [version.body for versions in others.values() for version in versions]
        files = self._files(ref.sdkfileid for body in bodies for ref in content.files(body))
        return [
            MessageRow(
                msgid=row.msgid,
                at=row.at,
                conversation_id=row.conversation_id,
                sender=self._person(row.sender, SenderKind(row.sender_kind)),
                msgtype=row.msgtype,
                body=_shown(content.body_of(row.body), files, content.DEPTH),
                recalled_at=recalls.get(row.msgid),
                hits=hits.get(row.msgid, []),
                time_known=row.time_known is not False,
                versions=[
                    MessageVersionRow(
                        at=version.at,
                        msgtype=version.msgtype,
                        body=_shown(content.body_of(version.body), files, content.DEPTH),
                        archived_at=version.archived_at,
                    )
                    for version in others.get(row.msgid, [])
                ],
            )
            for row in rows
        ]

    def _look_up(self, people: Iterable[str], groups: set[str]) -> None:
        unknown = {who for who in people if who not in self._people}
        staff = staff_by_userids(self._session, unknown)
        for who in unknown:
            member = staff.get(who.lower())
            if member is not None:
                name = member.name or member.userid
                self._people[who] = Person(id=member.userid, kind=SenderKind.STAFF, name=name, avatar="")
        others = {who for who in unknown if who not in self._people}
        for who, (name, avatar) in contacts().names(self._session, others).items():
            self._people[who] = Person(id=who, kind=SenderKind.CUSTOMER, name=name, avatar=avatar)
        self._groups |= chats().names(self._session, groups)

    def _person(self, who: str, kind: SenderKind | None = None) -> Person:
        known = self._people.get(who)
        if known is not None:
            return known
        if kind is None:
            kind = SenderKind.CUSTOMER if who.startswith(("wm", "wo")) else SenderKind.STAFF
        return Person(id=who, kind=kind, name=who, avatar="")

    def _recalls(self, msgids: list[str]) -> dict[str, Any]:
        query = select(MessageRecall.msgid, MessageRecall.recalled_at).where(MessageRecall.msgid.in_(msgids))
        return dict(self._session.execute(query).all())

    def _versions(self, msgids: list[str]) -> dict[str, list[MessageVersion]]:
        query = select(MessageVersion).where(MessageVersion.msgid.in_(msgids)).order_by(MessageVersion.id)
        found: dict[str, list[MessageVersion]] = {}
        for version in self._session.scalars(query):
            found.setdefault(version.msgid, []).append(version)
        return found

    def _hits(self, rows: Sequence[Message]) -> dict[str, list[MessageHit]]:
        found: dict[str, list[MessageHit]] = {}
        for one in hits().on_messages(self._session, {row.at for row in rows}):
            hit = MessageHit(alert_id=one.alert_id, rule_name=one.rule_name, words=one.words)
            found.setdefault(one.msgid, []).append(hit)
        return found

    def _files(self, sdkfileids: Iterable[str]) -> dict[str, dict[str, Any]]:
        wanted = list(set(sdkfileids))
        if not wanted:
            return {}
        digest = func.md5(ArchiveMedia.sdkfileid)
        digests = [hashlib.md5(one.encode(), usedforsecurity=False).hexdigest() for one in wanted]
        rows = self._session.scalars(select(ArchiveMedia).where(digest.in_(digests)))
        return {
            row.sdkfileid: {
                "id": row.id,
                "state": row.state,
                "checked": row.checked,
                "size": row.stored_size or row.size,
            }
            for row in rows
        }


def _shown(body: dict[str, Any], files: dict[str, dict[str, Any]], depth: int) -> dict[str, Any]:
    shown = {name: _exact(value) for name, value in body.items() if name not in _HIDDEN}
    sdkfileid = body.get("sdkfileid")
    if isinstance(sdkfileid, str):
        shown["media"] = files.get(sdkfileid)
    inner = content.items(body) if depth else []
    if inner:
        shown.pop("items", None)
        shown["item"] = [{"type": name, "body": _shown(part, files, depth - 1)} for name, part in inner]
    return shown


def _exact(value: Any, depth: int = _DEEPEST) -> Any:
    """Ids of 64 bits as text: a browser's numbers end at 2^53. What lies too deep to be looked at is text as well."""
    if isinstance(value, int):
        return str(value) if not -(2**53) < value < 2**53 else value
    if not isinstance(value, dict | list):
        return value
    if not depth:
        return json.dumps(value, ensure_ascii=False)[:_LONGEST]
    if isinstance(value, list):
        return [_exact(item, depth - 1) for item in value]
    return {name: _exact(item, depth - 1) for name, item in value.items() if name != "sdkfileid"}
