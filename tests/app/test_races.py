"""Every unique key ends in a sentence or is never met by a request; those that are met are met eight at once."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import requests
from sqlalchemy import Table, UniqueConstraint, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from scrm import wiring
from scrm.compliance.archive.actions import messages
from scrm.core import audit, clock, constraints
from scrm.core.constraints import says
from scrm.core.db import CorpBase, PlatformBase, platform_transaction, transaction
from scrm.core.errors import AppError, Conflict
from scrm.customers.file.models import LIVE, FollowRelation
from scrm.customers.groups.actions import groups
from scrm.customers.groups.models import GroupChat, GroupMember
from scrm.identity import accounts
from scrm.identity.models import ApiToken, Role, Staff
from scrm.marketing.broadcasts.models import BroadcastPolicyChange
from scrm.wecom.port.contacts import GroupChatInfo, GroupChatMember
from tests.compliance.test_storing import share
from tests.support.service import Console
from tests.support.service import TestCorp as Corp

AT_ONCE = 8
_RULE = {"name": "one of eight", "words": "rebate"}


def unique_keys(table: Table) -> set[str]:
    """Names of what may be violated; a number that the database gives is never taken."""
    named = [item for item in table.constraints if isinstance(item, UniqueConstraint)]
    named_indexes = [index for index in table.indexes if index.unique]
    found = {str(item.name) for item in named} | {str(index.name) for index in named_indexes}
    key = table.primary_key
    return found if [column.name for column in key] == ["id"] and _numbered(table) else found | {str(key.name)}


def _numbered(table: Table) -> bool:
    return table.c.id.identity is not None


def undeclared() -> set[str]:
    tables = [*CorpBase.metadata.sorted_tables, *PlatformBase.metadata.sorted_tables]
    keys = {name for table in tables for name in unique_keys(table)}
    return keys ^ (constraints.sentences().keys() | constraints.reasons().keys())


def at_once(act: Callable[[int], Any]) -> "Counter[Any]":
    """What came of it, eight times side by side."""
    answers: Counter[Any] = Counter()
    gate = threading.Barrier(AT_ONCE)

    def one(number: int) -> None:
        gate.wait(10)
        answers[act(number)] += 1

    threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def asked(console: Console, method: str, path: str, body: Any = None) -> Callable[[int], int | str]:
    """Its status, and of a refusal the code: each race has a sentence of its own."""

    def ask(_number: int) -> int | str:
        own = Console(console.web, requests.Session(), console.csrf)
        own.http.trust_env = False
        own.http.cookies.update(console.http.cookies)
        answer = own.status(method, path, body)
        return str(answer.json()["code"]) if answer.status_code == 409 else answer.status_code

    return ask


def race_syncs(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    assert at_once(asked(console, "POST", "/sync-runs")) == {201: 1, "sync_already_running": AT_ONCE - 1}


def race_rules(corp: Corp) -> None:
    console = corp.console(Role.COMPLIANCE)
    assert at_once(asked(console, "POST", "/rules", _RULE)) == {201: 1, "rule_name_taken": AT_ONCE - 1}


def race_versions(corp: Corp) -> None:
    console = corp.console(Role.COMPLIANCE)
    rule = console.status("POST", "/rules", {**_RULE, "name": "changed by eight"}).json()["rule"]
    change = {**_RULE, "name": "changed by eight", "words": "kickback", "version": rule["version"]}
    assert at_once(asked(console, "POST", f"/rules/{rule['id']}", change)) == {200: 1, "rule_changed": AT_ONCE - 1}


def race_policies(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    answers = at_once(asked(console, "PUT", "/broadcasts/policy", {"approval_above": 7}))
    assert answers[200] and set(answers) <= {200, "broadcast_policy_changed"}


def race_limits(corp: Corp) -> None:
    """Two administrators raise the limit: one wish waits, whoever is late hears of it."""
    consoles = [corp.console(Role.ADMINISTRATOR) for _ in range(2)]
    raises = [asked(console, "PUT", "/broadcasts/policy", {"approval_above": 90_000}) for console in consoles]
    answers = at_once(lambda number: raises[number % 2](number))
    assert answers[200] and set(answers) <= {200, "limit_change_waits", "broadcast_policy_changed"}
    open_ones = corp.rows(BroadcastPolicyChange, BroadcastPolicyChange.state == "open")
    assert len(open_ones) == 1


def race_deadlines(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    body = {"due_hours": 24, "escalate_hours": 24, "customer_limit": 0}
    answers = at_once(asked(console, "POST", "/handovers/policy", body))
    assert answers[200] and set(answers) <= {200, "handover_policy_changed"}


def race_greetings(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    answers = at_once(asked(console, "PUT", "/welcome", {"enabled": True, "text": "您好"}))
    assert answers[200] and set(answers) <= {200, "welcome_changed"}


def race_transfers(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    followed = select(Staff.userid).join(FollowRelation, FollowRelation.staff_id == Staff.id)
    userid = corp.scalar(lambda session: session.scalars(followed.where(FollowRelation.status.in_(LIVE))).first())
    body = {"userid": userid, "external_userids": None, "with_groups": False, "message": ""}
    assert at_once(asked(console, "POST", "/handovers", body)) == {201: 1, "handover_running": AT_ONCE - 1}


def race_companies(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    body = {"kind": "company", "name": "八人同时录入的公司"}
    assert at_once(asked(console, "POST", "/customers", body)) == {201: 1, "company_exists": AT_ONCE - 1}
    (company,) = console.get("/customers", kind="company")["items"]
    change = {"version": 1, "name": "八人同时改名的公司"}
    answers = at_once(asked(console, "PUT", f"/customers/{company['id']}", change))
    assert set(answers) <= {200, "customer_changed"} and answers[200]
    assert console.get(f"/customers/{company['id']}")["version"] == 2


def race_tag_groups(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    body = {"name": "八人同时建的组", "tags": ["甲"]}
    assert at_once(asked(console, "POST", "/tags/groups", body)) == {201: 1, "tag_group_exists": AT_ONCE - 1}


def race_tags(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    made = console.status("POST", "/tags/groups", {"name": "八人同时加标签的组", "tags": ["甲", "乙"]}).json()
    (group,) = [one for one in made["items"] if one["name"] == "八人同时加标签的组"]
    path = f"/tags/groups/{group['group_id']}/tags"
    assert at_once(asked(console, "POST", path, {"name": "丙"})) == {201: 1, "tag_exists": AT_ONCE - 1}
    tags = [tag["tag_id"] for tag in group["tags"]]
    renames = [asked(console, "POST", f"/tags/{tag}", {"name": "丁"}) for tag in tags]
    answers = at_once(lambda number: renames[number % 2](number))
    assert set(answers) == {200, "tag_exists"}


def a_company(console: Console, name: str) -> str:
    return str(console.status("POST", "/customers", {"kind": "company", "name": name}).json()["id"])


def race_phones(corp: Corp) -> None:
    console = corp.console(Role.ADMINISTRATOR)
    path = f"/customers/{a_company(console, '八人同时填写的公司')}/identities"
    body = {"kind": "phone", "value": "021-6543 9876"}
    assert at_once(asked(console, "POST", path, body)) == {201: 1, "identity_known": AT_ONCE - 1}
    assert len(console.get(path)["items"]) == 1


def race_codes(corp: Corp) -> None:
    """Eight companies say that they are one."""
    console = corp.console(Role.ADMINISTRATOR)
    body = {"kind": "credit_code", "value": "9144030071526726XG"}
    paths = [f"/customers/{a_company(console, f'第{number}家公司')}/identities" for number in range(AT_ONCE)]
    entries = [asked(console, "POST", path, body) for path in paths]
    assert at_once(lambda number: entries[number](number)) == {201: 1, "credit_code_taken": AT_ONCE - 1}


def made(corp: Corp, name: str, userid: str | None) -> str:
    try:
        accounts.create_account(name, role=Role.SALES, corp_id=corp.corp_id, userid=userid, password="a-long-password")
    except AppError as error:
        return error.code
    return "made"


def race_names(corp: Corp) -> None:
    name = f"same-{corp.number}"
    assert at_once(lambda _: made(corp, name, None)) == {"made": 1, "account_name_taken": AT_ONCE - 1}


def race_members(corp: Corp) -> None:
    answers = at_once(lambda number: made(corp, f"m{number}-{corp.number}", "one-member"))
    assert answers == {"made": 1, "staff_taken": AT_ONCE - 1}


def race_views(corp: Corp) -> None:
    console = corp.console(Role.SALES)
    view = {"kind": "customer", "name": "one of eight"}
    assert at_once(asked(console, "POST", "/views", view)) == {201: 1, "view_name_taken": AT_ONCE - 1}


def race_team_views(corp: Corp) -> None:
    console = corp.console(Role.COMPLIANCE)
    view = {"kind": "alert", "name": "one of eight", "scope": "team"}
    assert at_once(asked(console, "POST", "/views", view)) == {201: 1, "view_name_taken_by_team": AT_ONCE - 1}


RACES = {
    "uq_saved_view_own": race_views,
    "uq_saved_view_team": race_team_views,
    "uq_sync_run_running": race_syncs,
    "uq_rule_name": race_rules,
    "pk_rule_version": race_versions,
    "pk_broadcast_policy": race_policies,
    "uq_broadcast_policy_change_open": race_limits,
    "pk_handover_policy": race_deadlines,
    "pk_welcome_policy": race_greetings,
    "uq_company_name_key": race_companies,
    "uq_tag_group_own": race_tag_groups,
    "uq_tag_own": race_tags,
    "uq_customer_identity_of": race_phones,
    "uq_customer_identity_code": race_codes,
    "uq_handover_unfinished": race_transfers,
    "uq_account_name": race_names,
    "uq_account_corp_userid": race_members,
}


def outcome(corp: Corp, act: Callable[[Session, int], Any]) -> Callable[[int], Any]:
    """What an action comes to in a transaction of its own; of an error its name."""

    def one(number: int) -> Any:
        try:
            with transaction(corp.number) as session:
                found = act(session, number)
        except Exception as error:
            return type(getattr(error, "orig", None) or error).__name__
        return found

    return one


def race_groups(corp: Corp) -> None:
    def take(session: Session, number: int) -> None:
        people = [
            GroupChatMember(userid=f"wm{person}", type=2, name="", join_time=0, join_scene=None) for person in range(9)
        ]
        shape = {"name": "一群", "owner": None, "notice": None, "create_time": None, "member_version": f"v{number}"}
        groups.take(session, GroupChatInfo(chat_id="raced", members=people, **shape))  # type: ignore[arg-type]

    assert at_once(outcome(corp, take)) == {None: AT_ONCE}
    assert at_once(outcome(corp, take)) == {None: AT_ONCE}, "known already"
    (group,) = corp.rows(GroupChat, GroupChat.chat_id == "raced")
    assert len(corp.rows(GroupMember, GroupMember.group_chat_id == group.id)) == 9


def race_messages(corp: Corp) -> None:
    """Two pullers would claim a msgid once, though the lock on the corp's archive lets in one alone."""
    texts = [(f"raced-{number}", "说") for number in range(50)]
    page = share(*texts)
    assert at_once(outcome(corp, lambda session, _: len(messages.claimed(session, page)[0]))) == {50: 1, 0: AT_ONCE - 1}


def race_records(corp: Corp) -> None:
    def record(session: Session, _number: int) -> None:
        for _ in range(20):
            audit.record(session, audit.System.COMMAND_LINE, "raced", "by:eight")

    assert at_once(outcome(corp, record)) == {None: AT_ONCE}
    assert len(corp.rows(audit.AuditEvent, audit.AuditEvent.verb == "raced")) == 20 * AT_ONCE


# Keys of which it is said that no request meets them, where neither a conflict clause nor chance says so.
UNMET = {
    "uq_group_chat_chat_id": race_groups,
    "uq_group_member_group_chat_id_userid": race_groups,
    "pk_group_log": race_groups,
    "pk_group_day": race_groups,
    "pk_message_key": race_messages,
    "pk_audit_event": race_records,
}


@pytest.fixture(scope="module")
def wired() -> None:
    wiring.wire()


def test_every_unique_key_is_declared_once(wired: None) -> None:
    assert not undeclared()


def test_every_sentence_is_raced(wired: None) -> None:
    assert constraints.sentences().keys() == RACES.keys()


def test_every_sentence_is_of_its_own(wired: None) -> None:
    """The general one tells nobody what has been done meanwhile, nor what to do."""
    said = list(constraints.sentences().values())
    assert len({sentence.zh for sentence in said}) == len(said) and Conflict not in said


def test_a_key_that_nobody_declared_is_noticed(wired: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(constraints._sentences, "uq_rule_name")
    assert undeclared() == {"uq_rule_name"}
    says("uq_of_no_table", Conflict)
    assert undeclared() == {"uq_rule_name", "uq_of_no_table"}
    del constraints._sentences["uq_of_no_table"]


@pytest.mark.parametrize("constraint", RACES)
def test_eight_at_once_end_in_sentences(shared: Corp, constraint: str) -> None:
    RACES[constraint](shared)


@pytest.mark.parametrize("constraint", UNMET)
def test_eight_at_once_do_not_meet_what_is_said_to_be_unmet(shared: Corp, constraint: str) -> None:
    assert constraint in constraints.reasons()
    UNMET[constraint](shared)


def test_row_that_was_removed_meanwhile_ends_in_a_sentence() -> None:
    with pytest.raises(IntegrityError) as orphan, platform_transaction() as session:
        session.execute(insert(ApiToken).values(account_id=-1, token_hash=b"x", created_at=clock.now()))
    assert isinstance(constraints.conflict(orphan.value), Conflict)
    assert isinstance(constraints.conflict(StaleDataError("0 were matched")), Conflict)
