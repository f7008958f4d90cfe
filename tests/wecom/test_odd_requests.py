"""What is asked of WeCom and what is kept for the answer: storable whatever it holds, and no context wedges a call."""

import inspect
import json
import typing
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from scrm import wiring
from scrm.core import clock
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.queue.rows import ATTEMPTS
from scrm.core.storable import cleaned
from scrm.wecom import calls, carrier
from scrm.wecom.models import CallState, WecomCall
from scrm.wecom.port.method import METHODS, MethodSpec
from tests.core.conftest import bare_corp
from tests.support import odd

ODD: list[Any] = [None, odd.LONG, 2**63 - 1, {}]
_NUMBERS = ("alert_id", "attempt", "broadcast_id", "handover_id", "media_id", "run_id", "slice_id", "takeover_id")
CONTEXT: dict[str, Any] = {
    **dict.fromkeys(_NUMBERS, 1),
    **dict.fromkeys(("app", "begun", "chat_id", "code", "external_userid", "msgid", "text", "userid"), "x"),
    **{name: ["x"] for name in ("owners", "seen", "senders", "sought", "userids")},
    "ids": [1],
    "kind": "alert_raised",
    "began": "2024-05-06T00:00:00+00:00",
    "until": "2024-05-06T00:00:00+00:00",
    "resigned": True,
    "status": 0,
    "step": 1,
    "welcome_id": 1,
}
WAITING = {"state": "answered", "lane": "default", "attempts": ATTEMPTS - 1, "unanswered": False}
# The call and what its reply looks at.
REPLIES: dict[str, tuple[str, str]] = {
    "identity.member_fetched": ("directory.get_member", "userid"),
    "identity.departments_fetched": ("directory.list_departments", ""),
    "identity.sync_departments": ("directory.list_departments", "run_id"),
    "identity.sync_department_ids": ("directory.list_department_ids", "run_id"),
    "identity.sync_member_ids": ("directory.list_member_ids", "run_id"),
    "identity.sync_members": ("directory.list_members", "run_id"),
    "customers.contact_fetched": ("contacts.get_contact", "external_userid app sought"),
    "customers.tags_fetched": ("tags.list_tags", "external_userid app sought"),
    "customers.group_fetched": ("groups.get_group_chat", "chat_id"),
    "customers.welcome_answered": ("welcomes.send_welcome", "welcome_id"),
    "customers.welcome_named": ("contacts.get_contact", "welcome_id code text app until"),
    "customers.sync_leavers": ("transfers.list_unassigned", "run_id"),
    "customers.sync_tags": ("tags.list_tags", "run_id"),
    "customers.sync_customers_of": ("contacts.list_follow_userids", "run_id"),
    "customers.sync_contacts": ("contacts.list_contacts", "run_id userids"),
    "customers.sync_unseen": ("contacts.get_contact", "run_id userids external_userid"),
    "customers.sync_groups_of": ("contacts.list_follow_userids", "run_id"),
    "customers.sync_groups": ("groups.list_group_chats", "run_id owners"),
    "customers.sync_group": ("groups.get_group_chat", "run_id status chat_id"),
    "shared.notice_answered": ("messages.send_text_card", "kind ids userids"),
    "compliance.notice_answered": ("messages.send_text_card", "alert_id userids"),
    "compliance.hit_notice_answered": ("messages.send_text_card", "userids"),
    "compliance.handover_notice_answered": ("messages.send_text_card", "handover_id step userids"),
    "compliance.slice_answered": ("transfers.transfer_customers", "handover_id slice_id"),
    "compliance.results_listed": ("transfers.list_results", "handover_id slice_id takeover_id resigned began attempt"),
    "compliance.handover_groups_listed": ("groups.list_group_chats", "handover_id slice_id seen began attempt"),
    "compliance.unassigned_listed": ("transfers.list_unassigned", "began"),
    "marketing.slice_answered": ("group_messages.add_msg_template", "broadcast_id slice_id attempt"),
    "marketing.media_uploaded": ("media.upload_image", "broadcast_id media_id"),
    "marketing.reconcile_list": ("group_messages.get_groupmsg_list", "broadcast_id begun"),
    "marketing.reconcile_task": ("group_messages.get_groupmsg_task", "broadcast_id begun msgid senders"),
    "marketing.reconcile_result": ("group_messages.get_groupmsg_send_result", "broadcast_id begun msgid userid"),
    "marketing.task_polled": ("group_messages.get_groupmsg_task", "broadcast_id slice_id"),
    "marketing.results_polled": ("group_messages.get_groupmsg_send_result", "broadcast_id slice_id userid"),
    "marketing.cancel_answered": ("group_messages.cancel_groupmsg_send", "broadcast_id slice_id"),
    "marketing.remind_answered": ("group_messages.remind_groupmsg_send", "broadcast_id slice_id"),
}  # fmt: skip


@pytest.fixture(scope="module")
def corp(service: str) -> int:
    wiring.wire()
    return bare_corp()


def arguments_of(spec: MethodSpec) -> dict[str, Any]:
    """An ordinary call's."""
    hints = typing.get_type_hints(spec.function)
    names = [name for name in inspect.signature(spec.function).parameters if name != "self"]
    return {name: odd.sample_of(hints[name]) for name in names}


def test_every_call_can_be_asked_for_and_is_kept_as_it_was(corp: int) -> None:
    for path, spec in METHODS.items():
        said = [changed for _, value, changed in odd.variants(arguments_of(spec)) if value in odd.FEW or value != value]
        with transaction(corp) as session:
            for number, arguments in enumerate(said):
                about, key = f"{json.dumps(arguments)}\ud800", f"{number}\0"
                calls.request(session, calls.Asked(spec, arguments, context=arguments), subject=about, key=key)
            session.flush()
            rows = session.scalars(select(WecomCall).order_by(WecomCall.id)).all()
            assert [(row.arguments, row.context) for row in rows] == [
                (cleaned(item), cleaned(item)) for item in said
            ], path
            session.rollback()


@pytest.mark.slow
def test_answer_whose_context_is_odd_is_taken_or_parked(corp: int) -> None:
    assert REPLIES.keys() == wiring.REPLIES.keys()
    now = clock.now()
    rows = []
    for reply, (path, names) in REPLIES.items():
        hint = typing.get_type_hints(METHODS[path].function)["return"]
        result = None if hint is type(None) else odd.sample_of(hint)
        context = {name: CONTEXT[name] for name in names.split()}
        contexts = [cleaned({**context, name: value}) for name in context for value in ODD]
        contexts += [{}, {name: value for name, value in CONTEXT.items() if name not in context}]
        kept: dict[str, Any] = {"state": "done", "result": result, "reason": None, "aside": []}
        call = {"method": path, "arguments": {}, "reply": reply, "answer": kept}
        rows += [
            {**WAITING, **call, "due_at": now, "created_at": now, "subject": f"{reply}{number}", "context": given}
            for number, given in enumerate(contexts)
        ]
    with transaction(corp) as session:
        session.execute(insert(WecomCall), rows)
    while carrier.QUEUE.drain_batch(corp, Lane.DEFAULT):
        pass
    with transaction(corp) as session:
        taken = select(WecomCall.state).where(WecomCall.attempts >= ATTEMPTS - 1)
        ends = Counter(session.scalars(taken))
        session.execute(delete(WecomCall))
    assert ends.total() == len(rows) and ends.keys() == {CallState.DONE, CallState.PARKED}
