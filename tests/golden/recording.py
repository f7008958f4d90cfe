"""What is recorded: every readable answer for each role, and the events, calls and rows that the journey left."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import RowMapping, select

from scrm import wiring
from scrm.core.db import CorpBase, transaction
from scrm.core.operation import PATH_PART, Operation
from scrm.customers.groups.models import GroupChat
from scrm.identity.models import Role
from tests.golden.even import Evener
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

KEPT = Path(__file__).parents[1] / "data" / "golden"
Record = dict[str, Any]
PAGE = "limit=5"
# Two apps tell of one thing at the same moment, and whose customers came first hangs on the second: order differs from
# run to run.
_UNORDERED = ("/callbacks", "/customers")
_RACED = "/callbacks"

# What a list is asked beyond its first page; ``{}`` stands for ids of the journey.
_ASKED: dict[str, list[str]] = {
    "/staff": ["q=李", "status=left", "department_id=3"],
    "/members": ["q=bob", "role=sales", "access=open"],
    "/accounts": ["q=bob", "role=sales", "without_member=true"],
    "/jssdk-signature": ["url=https%3A%2F%2Fother.example%2F"],
    "/customers": [
        "q=王",
        "q=zhanghua",
        "q=重要",
        "userid=bob",
        "status=active",
        "status=deleted_by_staff",
        "status=lost",
        "type=1",
        "added_from=2020-01-01",
        "lost_from=2020-01-01",
        "tag_id={tag}",
        "status=none",
    ],
    "/kinds/<record>/explain": ["id=999999"],
    "/customers/summary": ["days=7", "days=90", "days=0"],
    "/customers/<customer>/timeline": ["limit=2"],
    "/alerts": ["state=open", "state=closed", "kind=word_hit", "kind=customer_left", "userid=bob", "q=王"],
    "/handovers": ["state=open", "kind=departure", "late=true", "q=卡尔"],
    "/handovers/source": ["userid=bob", "userid=nobody"],
    "/handovers/<int:handover_id>/items": ["kind=customer", "kind=group", "state=done", "q=王"],
    "/messages": [
        "userid=bob",
        "q=微信",
        "msgtype=text",
        "external_userid={customer}",
        "conversation_id={conversation}",
    ],
    "/messages/conversations": ["userid=bob", "kind=external", "q=张"],
    "/messages/conversations/<int:conversation_id>": ["limit=1", "around=nothing"],
    "/rules": ["enabled=true", "q=私下"],
    "/broadcasts": ["state=draft", "state=finished", "q=双十一"],
    "/broadcasts/<int:broadcast_id>/recipients": ["state=delivered", "userid=bob"],
    "/callbacks": ["state=done", "app=customer", "event=change_external_contact", "change_type=edit_external_contact"],
    "/groups/<chat_id>/events": ["kind=created", "kind=member_joined&kind=member_left", "at_from=2999-01-01", "q=wm"],
    "/groups/<chat_id>/days": ["days=0", "days=366"],
    "/tasks": ["kind=call", "q=x"],
    "/audit": ["q=alert.", "what=alert.review_started", "q=broadcast.finished"],
}
# Told of the deployment, this process and its sessions, not of the corp.
_APART = {
    "/login-options",
    "/pulse",
    "/me/sessions",
    "/me/tokens",
    "/accounts/<name>/sessions",
    "/accounts/<name>/tokens",
}
# The newest of the trail is what was read here a moment ago.
_ONLY_ASKED = {"/audit"}
_OF_THE_PROCESS = {"alarm", "api_pause", "clock_job", "reading", "topic_touch", "work_in_hand"}
_DERIVED = {"id", "bigrams", "search_text"}
_OF_A_CALL = ("method", "arguments", "reply", "state", "errcode", "lane", "subject")


def recorded(corp: Corp, users: dict[Role, Console]) -> dict[str, Record]:
    """By file name: the answers of each role, and what the journey left."""
    evener = Evener(_names(corp, users))
    found = {role.value: _answers(console, evener, _ids(corp, users)) for role, console in users.items()}
    return {"journey": _left(corp, evener), **found}


def read(name: str) -> Record:
    record: Record = json.loads((KEPT / f"{name}.json").read_text())
    return record


def write(recorded: dict[str, Record]) -> None:
    """One answer or table a line, so that a difference reads as one."""
    KEPT.mkdir(exist_ok=True)
    for name, part in recorded.items():
        lines = [f"{json.dumps(key)}: {json.dumps(part[key], ensure_ascii=False)}" for key in part]
        (KEPT / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def _operations() -> Iterator[Operation]:
    for api in wiring.APIS:
        yield from (item for item in api.operations if item.method == "GET" and item.path not in _APART)


def _answers(console: Console, evener: Evener, ids: dict[str, str]) -> Record:
    found: Record = {}
    for operation in _operations():
        for address in _addresses(operation, ids):
            answer = console.http.get(f"{console.web}/api/v1{address}", timeout=30)
            kind = answer.headers.get("Content-Type", "").partition(";")[0]
            found[_place(address, evener)] = {
                "status": answer.status_code,
                "type": kind,
                "body": _body(answer, kind, evener),
            }
    return found


def _place(address: str, evener: Evener) -> str:
    raced = address.startswith(f"{_RACED}/") and not address.endswith("999999")
    return f"{_RACED}/<the first>" if raced else evener.text(address)


def _addresses(operation: Operation, ids: dict[str, str]) -> Iterator[str]:
    path = PATH_PART.sub(lambda part: ids[part[2]], operation.path)
    listed = operation.query is not None and "limit" in operation.query.model_fields
    size = "limit=200" if operation.path in _UNORDERED else PAGE
    if operation.path not in _ONLY_ASKED:
        yield f"{path}?{size}" if listed else path
    if PATH_PART.search(operation.path):
        gone = PATH_PART.sub(lambda part: "999999" if part[1] == "int" else "wmNobody", operation.path)
        yield gone
    for asked in _ASKED.get(operation.path, []):
        page = f"&{size}" if listed and "limit=" not in asked else ""
        yield f"{path}?{asked.format(**ids)}{page}"


def _body(answer: Any, kind: str, evener: Evener) -> Any:
    if kind.endswith("json"):
        body = answer.json()
        path = urlsplit(answer.url).path.removeprefix("/api/v1")
        if path in _UNORDERED and "items" in body:
            items = {_as_text(item): item for item in (evener.even({**item, "id": 0}) for item in body["items"])}
            body = {**body, "items": [items[text] for text in sorted(items)], "total": len(items)}
        if path in _ONLY_ASKED and "items" in body:  # a retried transaction takes numbers along
            body = {**body, "items": [{**item, "id": 0} for item in body["items"]]}
        return evener.even({**body, "id": 0} if _RACED in answer.url and "id" in body else body)
    if kind.startswith("text/"):
        # The trail's own export tells of all that was read here, minute by minute.
        lines = answer.text.splitlines()[: 1 if "/audit/" in answer.url else None]
        return [evener.text(line) for line in lines]
    return hashlib.sha256(answer.content).hexdigest()


def _ids(corp: Corp, users: dict[Role, Console]) -> dict[str, str]:
    admin, officer = users[Role.ADMINISTRATOR], users[Role.COMPLIANCE]
    (customer,) = admin.get("/customers", q="张华")["items"]
    (case,) = admin.get("/handovers")["items"]
    tags = admin.get("/tags")
    groups = tags["items"] if isinstance(tags, dict) else tags
    first = {
        "alert_id": officer.get("/alerts", kind="word_hit")["items"][0]["id"],
        "handover_id": case["id"],
        "conversation_id": officer.get("/messages/conversations", q="张华")["items"][0]["id"],
        "rule_id": officer.get("/rules")["items"][0]["id"],
        "broadcast_id": admin.get("/broadcasts", state="finished")["items"][0]["id"],
        "callback_id": admin.get("/callbacks", limit=1, app="customer", change_type="edit_external_contact")["items"][
            0
        ]["id"],
        "reading_id": 1,
        "record": "alert",
        "media_id": 1,
        "export_id": 1,
        "job_id": 1,
        "external_userid": customer["external_userid"],
        "chat_id": corp.rows(GroupChat)[0].chat_id,
        "customer": customer["external_userid"],
        "tag": groups[0]["tags"][0]["tag_id"],
    }
    return {name: str(value) for name, value in {**first, "conversation": first["conversation_id"]}.items()}


def _names(corp: Corp, users: dict[Role, Console]) -> dict[str, str]:
    """What is the deployment's own: accounts by their role."""
    found = {corp.web: "<address>"}
    for role, console in users.items():
        found[console.get("/me")["name"]] = f"<{role.value}>"
    return found


def _left(corp: Corp, evener: Evener) -> Record:
    """Table by table, the different rows without their ids, secrets, digests and moments."""
    found: Record = {}
    with transaction(corp.number) as session:
        for table in CorpBase.metadata.sorted_tables:
            if table.name in _OF_THE_PROCESS:
                continue
            rows = [evener.even(_plain(row)) for row in session.execute(select(table)).mappings()]
            if table.name == "wecom_call":
                rows = _of_either_app(rows)
            by_text = {_as_text(row): row for row in rows}
            found[table.name] = [by_text[line] for line in sorted(by_text)]
    return found


def _of_either_app(calls: list[Record]) -> list[Record]:
    """What was asked and how it ended, whichever app heard of it first and however often both did."""
    seen = {_as_text({name: call.get(name) for name in _OF_A_CALL}): call for call in calls}
    return [{name: call.get(name) for name in _OF_A_CALL} for call in seen.values()]


def _as_text(row: Record) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def _plain(row: RowMapping) -> Record:
    return {
        name: value
        for name, value in row.items()
        if name not in _DERIVED and value is not None and not isinstance(value, bytes | dt.date)
    }
