"""Callbacks whose fields hold what nobody would send: taken in, then done or parked each by itself."""

import inspect
import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, update

from scrm import wiring
from scrm.core import clock, outbox
from scrm.core.audit import System
from scrm.core.db import platform_transaction, transaction
from scrm.core.doorbell import Lane
from scrm.core.event import Event
from scrm.core.outbox import OutboxRow
from scrm.core.queue.rows import ATTEMPTS
from scrm.customers.file.models import Customer
from scrm.identity.models import Staff
from scrm.marketing.welcomes.actions import policy as welcome_policy
from scrm.wecom import callback, callback_events, inbox, xml
from scrm.wecom.models import Corp, InboxRow, WecomCall
from tests.core.conftest import bare_corp
from tests.support import odd
from tests.support.foreign import ForeignApp

HEADER = {"ToUserName": "corp", "FromUserName": "sys", "CreateTime": "1700000000", "MsgType": "event", "AgentID": "1"}
_PAIR = {"UserID": "bob", "ExternalUserID": "wmA"}
_NEW = {**_PAIR, "State": "channel", "WelcomeCode": "code"}
_MEMBER = {
    "UserID": "bob",
    "NewUserID": "robert",
    "Name": "鲍勃",
    "Status": "1",
    "Department": "1,2",
    "MainDepartment": "1",
}
# Event, change type, and what such a callback tells (pages 92130, 90970 to 90972, 95039).
KNOWN: list[tuple[str, str, dict[str, str]]] = [
    ("change_external_contact", "add_external_contact", _NEW),
    ("change_external_contact", "add_half_external_contact", _NEW),
    ("change_external_contact", "edit_external_contact", _PAIR),
    ("change_external_contact", "del_external_contact", {**_PAIR, "Source": "DELETE_BY_TRANSFER"}),
    ("change_external_contact", "del_follow_user", _PAIR),
    ("change_external_contact", "transfer_fail", {**_PAIR, "FailReason": "customer_refused"}),
    ("change_external_chat", "create", {"ChatId": "c1"}),
    ("change_external_chat", "update", {"ChatId": "c1", "UpdateDetail": "add_member", "JoinScene": "1"}),
    ("change_external_chat", "dismiss", {"ChatId": "c1"}),
    ("change_external_tag", "create", {"Id": "t1", "TagType": "tag"}),
    ("change_contact", "create_user", _MEMBER),
    ("change_contact", "update_user", _MEMBER),
    ("change_contact", "delete_user", {"UserID": "bob"}),
    ("change_contact", "create_party", {"Id": "7", "Name": "销售部", "ParentId": "1", "Order": "1"}),
    ("change_contact", "update_party", {"Id": "7", "Name": "销售部", "ParentId": "1"}),
    ("change_contact", "delete_party", {"Id": "7"}),
    ("msgaudit_notify", "", {}),
]  # fmt: skip
TEXTS = ["", "王总\0仓库", "\x01\ud800", odd.FAMILY, "İnci", odd.LONG, "-1", "9" * 256, "]]>x<![CDATA["]
# As they stand between the tags: references, bytes that are no text, elements instead of text, one element twice.
RAW = [b"&#0;&#16;&#xd800;", b"\xed\xa0\x80\xff\xfe", b"<A>1</A>", b"x</%s><%s>y"]


def document(fields: dict[str, str], name: str = "", odd_value: "str | bytes" = b"") -> bytes:
    inner = b""
    for field, value in fields.items():
        said: str | bytes = odd_value if field == name else value
        if isinstance(said, str):
            said = b"<![CDATA[" + said.encode("utf-8", "surrogatepass") + b"]]>"
        tag = field.encode()
        inner += b"<" + tag + b">" + said.replace(b"%s", tag) + b"</" + tag + b">"
    return b"<xml>" + inner + b"</xml>"


def documents() -> Iterator[bytes]:
    """Every known callback with each of its fields odd in each way; what all have in common odd in one of them."""
    for place, (event, change, own) in enumerate(KNOWN):
        fields = {**HEADER, "Event": event, "ChangeType": change, **own}
        yield document(fields)
        for name in fields if place == 0 else own:
            values: list[str | bytes] = [*TEXTS, *RAW]
            for value in values:
                yield document(fields, name, value)


def status_of(corp_id: str, app: ForeignApp, message: bytes) -> str:
    sealed = app.seal(message)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/{corp_id}/customer",
        "QUERY_STRING": sealed.query_string,
        "CONTENT_LENGTH": str(len(sealed.body)),
        "wsgi.input": io.BytesIO(sealed.body),
    }
    answered: list[str] = []
    callback.application(environ, lambda status, _headers, _error=None: answered.append(status))  # type: ignore[arg-type]
    return answered[0]


def test_every_known_event_is_among_these() -> None:
    sent = [{**HEADER, "Event": event, "ChangeType": change, **own} for event, change, own in KNOWN]
    read = [xml.parse(document(fields)) for fields in sent]
    found = {type(callback_events.translate(fields, app="customer", received_at=clock.now())) for fields in read}
    known = {kind for _, kind in inspect.getmembers(callback_events, inspect.isclass) if issubclass(kind, Event)}
    assert found == known - {Event}


def test_odd_callback_is_done_or_parked_by_itself(service: str) -> None:
    wiring.wire()
    corp = bare_corp()
    with platform_transaction() as session:
        corp_id = session.get_one(Corp, corp).corp_id
    with transaction(corp) as session:
        welcome_policy.set_policy(session, System.COMMAND_LINE, enabled=True, text="您好")
    app = ForeignApp(corp_id, "t", "a" * 43)
    sent = list(dict.fromkeys(documents()))
    assert {status_of(corp_id, app, message) for message in sent} == {"200 OK"}
    while inbox.QUEUE.drain_batch(corp, Lane.URGENT):
        pass
    with transaction(corp) as session:
        rows = session.scalars(select(InboxRow)).all()
        ends = Counter((row.state, (row.reason or "").partition(":")[0]) for row in rows)
        session.execute(update(OutboxRow).values(attempts=ATTEMPTS - 1))
    assert ends.keys() == {("done", ""), ("parked", "FieldMissing")} and len(rows) == len(sent), ends
    for lane in Lane:
        while outbox.QUEUE.drain_batch(corp, lane):
            pass
    with transaction(corp) as session:
        assert set(session.scalars(select(OutboxRow.state))) == {"done"}
        kept = [
            json.dumps([call.subject, call.key, call.arguments, call.context])
            for call in session.scalars(select(WecomCall))
        ]
        kept += [*session.scalars(select(Staff.userid)), *session.scalars(select(Customer.external_userid))]
    assert len(kept) > 50 and not [row for row in kept if "None" in row]
