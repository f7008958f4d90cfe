"""One corp in which every route has something to answer: customers, chats, alerts, a departure, broadcasts, a rule."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from scrm.core.operation import PATH_PART, Operation
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.wiring import APIS
from tests.support.chats import pull, say
from tests.support.company import SPEC, befriend
from tests.support.drawings import drawn
from tests.support.service import PASSWORD, Console, TestCorp, connected
from tests.support.simulated import Simulator

OPERATIONS: list[Operation] = [item for api in APIS for item in api.operations]
PICTURE = {"filename": "海报.png", "data": base64.b64encode(drawn(8, 8)).decode()}
BROADCAST: dict[str, Any] = {"title": "双十一预告", "text": "您好，新品已到店。", "audience": {"everyone": True}}
RULE: dict[str, Any] = {"name": "私下交易", "words": "返点\n私人微信"}
VIEW: dict[str, Any] = {"kind": "alert", "filter": {"field": "state", "op": "is", "value": "open"}}
# What a request needs to go well, by operation.
BODIES: dict[str, Any] = {
    "add_identity": {"kind": "phone", "value": "021-1234 5678"},
    "add_link": {"relation": "works_at", "customer_id": "{company_id}"},
    "share_customer": {"userid": "dora"},
    "change_link": {"title": "采购经理"},
    "create_customer": {"kind": "company", "name": "上海某某科技有限公司"},
    "create_tag_group": {"name": "行业", "tags": ["制造"]},
    "change_tag_group": {"name": "客户意向"},
    "create_tag": {"name": "高意向"},
    "change_tag": {"name": "意向很高"},
    "order_tag_groups": {"order": []},
    "tag_customer": {"add": []},
    "change_customer": {"version": 1, "owner_userid": "dora"},
    "change_account_role": {"role": "sales"},
    "reveal_mobiles": {"reason": "客户要求回电"},
    "set_welcome": {"enabled": True, "text": "您好，{客户昵称}"},
    "close_alert": {"reason": "other", "note": "已核实"},
    "create_handover": {"userid": "carl"},
    "set_handover_policy": {"due_hours": 24, "escalate_hours": 24, "customer_limit": 0},
    "preview_assignment": {"successors": ["dora"]},
    "assign_handover": {"successors": ["dora"]},
    "retry_handover": {"successors": ["carl"]},
    "close_handover": {"note": "已当面交接"},
    "create_rule": {**RULE, "name": "另一条"},
    "update_rule": {**RULE, "version": 1},
    "try_rule": {"text": "给你返点", "words": "返点"},
    "scan_archive": {"days": 30},
    "create_broadcast": BROADCAST,
    "edit_broadcast": {**BROADCAST, "title": "改过的", "send_at": "2999-01-31T08:00:00.5+08:00"},
    "count_audience": {"audience": {"everyone": True}},
    "set_broadcast_policy": {"quota": "month", "approval_above": 1000},
    "upload_picture": PICTURE,
    "reject_limit": {"note": "再看看"},
    "reject_broadcast": {"note": "再改改"},
    "remind_senders": {},
    "ask_for_export": {"kind": "alert"},
    "preview_job": {"action": "close_alerts", "selection": {"filter": {}}, "arguments": {"reason": "other"}},
    "save_view": {**VIEW, "name": "今天的"},
    "change_view": {**VIEW, "name": "我的", "version": 1},
}
QUERIES: dict[str, dict[str, Any]] = {
    "get_handover_source": {"userid": "carl"},
    "sign_jssdk": {"url": "{web}/sidebar"},
    "explain_record": {"id": 1},
}


@dataclass(frozen=True)
class World:
    """The corp, its consoles by role, and an id for each part of a path."""

    corp: TestCorp
    consoles: dict[Role, Console]
    parts: dict[str, str]

    def path(self, operation: Operation) -> str:
        """The path of an operation, with things that are there."""
        own = {**self.parts, **({"media_id": self.parts["file_id"]} if "/messages/" in operation.path else {})}
        return PATH_PART.sub(lambda part: own[part[2]], operation.path)

    def body(self, operation: Operation) -> Any:
        """What the operation needs to go well, with the number of a company that is there."""
        body = BODIES.get(operation.name)
        if not isinstance(body, dict):
            return body
        return {key: int(self.parts["company_id"]) if value == "{company_id}" else value for key, value in body.items()}

    def query(self, operation: Operation) -> dict[str, Any]:
        given = QUERIES.get(operation.name, {})
        return {name: str(value).replace("{web}", self.corp.web) for name, value in given.items()}


@contextmanager
def furnished_world(sim: Simulator, web: str) -> Iterator[World]:
    habits = {**SPEC["habits"], "archive_notify_seconds": 0.05}
    with connected(sim, web, "wv", **{**SPEC, "archive": True, "habits": habits}) as corp:
        yield _furnished(corp)


def _furnished(corp: TestCorp) -> World:
    administrator = corp.console(Role.ADMINISTRATOR)
    firms = [
        _done(administrator, "/customers", {"kind": "company", "name": name})["id"] for name in ("甲公司", "乙公司")
    ]
    customer = befriend(corp, "bob", "王姐13800138000")
    lost = befriend(corp, "bob", "李女士")
    for member in ("carl", "dora", "emil"):
        befriend(corp, member, f"{member}的客户")
    chat_id = corp.act("create_group", owner="emil", name="老客群", quiet=True)["chat_id"]
    corp.sync()
    consoles = {role: corp.console(role) for role in Role}
    administrator, officer, marketer = (consoles[role] for role in (Role.ADMINISTRATOR, Role.COMPLIANCE, Role.MARKETER))
    say(corp, customer, "bob", "你好")
    say(corp, "bob", customer, msgtype="image", size=20_000)
    pull(corp)
    rule = _done(officer, "/rules", RULE)["rule"]
    say(corp, "bob", customer, "给你返点")
    pull(corp)
    corp.act("delete_contact", userid="bob", external_userid=lost)
    corp.settle()
    corp.act("resign", userid="emil")
    corp.settle()
    picture = _done(marketer, "/broadcasts/media", PICTURE)
    sent = _done(marketer, "/broadcasts", BROADCAST)
    _done(marketer, f"/broadcasts/{sent['id']}/submit", {})
    corp.drain()
    officer.get("/customers", q="王姐")
    conversation = officer.get("/messages/conversations", external_userid=customer)["items"][0]
    window = officer.get(f"/messages/conversations/{conversation['id']}")
    alert = next(row for row in officer.get("/alerts")["items"] if row["kind"] == "staff_deleted_customer")
    raised = administrator.status("PUT", "/broadcasts/policy", {"approval_above": 5_000}).json()
    name = consoles[Role.SALES].get("/me")["name"]
    Console.signed_in(corp.web, name, PASSWORD)
    accounts.create_token(name)
    known = administrator.status("POST", f"/customers/{customer}/identities", {"kind": "phone", "value": "13900139000"})
    works = {"relation": "works_at", "customer_id": firms[1]}
    export = _done(administrator, "/exports", {"kind": "alert"})
    corp.drain()
    (group,) = _done(administrator, "/tags/groups", {"name": "意向", "tags": ["低意向"]})["items"]
    parts = {
        "company_id": str(firms[0]),
        "link_id": str(_done(administrator, f"/customers/{customer}/links", works)["items"][0]["id"]),
        "userid": _done(administrator, f"/customers/{customer}/shares", {"userid": "carl"})["items"][0]["userid"],
        "export_id": str(export["id"]),
        "job_id": str(_done(administrator, "/jobs", BODIES["preview_job"])["id"]),
        "group_id": group["group_id"],
        "tag_id": group["tags"][0]["tag_id"],
        "identity_id": str(known.json()["items"][-1]["id"]),
        "change_id": str(raised["pending"]["id"]),
        "session_id": str(max(row["id"] for row in administrator.get(f"/accounts/{name}/sessions")["items"])),
        "token_id": str(administrator.get(f"/accounts/{name}/tokens")["items"][0]["id"]),
        "customer": str(officer.get(f"/customers/{customer}")["id"]),
        "external_userid": customer,
        "chat_id": chat_id,
        "name": name,
        "hold_id": "1",
        "alert_id": str(alert["id"]),
        "handover_id": str(officer.get("/handovers")["items"][0]["id"]),
        "conversation_id": str(conversation["id"]),
        "file_id": str(next(row["body"]["media"]["id"] for row in window["items"] if row["msgtype"] == "image")),
        "media_id": str(picture["id"]),
        "rule_id": str(rule["id"]),
        "broadcast_id": str(sent["id"]),
        "callback_id": str(administrator.get("/callbacks")["items"][0]["id"]),
        "kind": "callback",
        "record": "alert",
        "task_id": "1",
        "view_id": str(_done(administrator, "/views", {**VIEW, "name": "待我处理"})["id"]),
        "run_id": str(administrator.get("/sync-runs")["items"][0]["id"]),
        "reading_id": str(officer.get("/audit", what="reading")["items"][0]["id"]),
    }
    return World(corp, consoles, parts)


def _done(console: Console, path: str, body: Any) -> Any:
    answer = console.status("POST", path, body)
    assert answer.status_code < 300, f"{path}: {answer.status_code} {answer.text[:300]}"
    return answer.json()
