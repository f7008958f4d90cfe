"""Answers with odd values: each costs itself, and neither its page, its sync, its neighbours nor what is known."""

import dataclasses
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scrm.core import storable
from scrm.wecom.client import contacts, directory, group_messages, messages, reading, transfers
from scrm.wecom.port.errors import OutcomeUnknown
from scrm.wecom.port.unread import collected

Json = dict[str, Any]

CONTACT: Json = {
    "external_contact": {
        "external_userid": "wmA",
        "name": "王总",
        "avatar": "http://x/a.png",
        "type": 1,
        "gender": 1,
        "unionid": "u1",
        "position": "经理",
        "corp_name": "甲公司",
        "corp_full_name": "甲有限公司",
    },
    "follow_info": {
        "userid": "bob",
        "remark": "备注",
        "description": "描述",
        "createtime": 1_700_000_000,
        "tag_id": ["t1"],
        "remark_corp_name": "乙",
        "remark_mobiles": ["13800138000"],
        "add_way": 1,
        "oper_userid": "bob",
        "state": "x",
    },
}
FOLLOWER = {**CONTACT["follow_info"], "tags": [{"tag_id": "t1", "tag_name": "A", "type": 1, "group_name": "G"}]}

# Each answer of a list with one item of each of its shapes, and how many of them the method then tells.
LISTS: list[tuple[str, Callable[[Any], Any], Json, str]] = [
    ("list_contacts", lambda s: contacts.ContactsClient(s).list_contacts(userids=["bob"], cursor=""),
     {"external_contact_list": [CONTACT]}, "external_contact_list"),
    ("list_tags", lambda s: contacts.TagsClient(s).list_tags(),
     {"tag_group": [{"group_id": "g1", "group_name": "G", "order": 1, "create_time": 5,
                     "tag": [{"id": "t1", "name": "A", "order": 1, "create_time": 5}]}]}, "tag_group"),
    ("list_group_chats", lambda s: contacts.GroupChatsClient(s).list_group_chats(owners=[], cursor=""),
     {"group_chat_list": [{"chat_id": "c1", "status": 0}]}, "group_chat_list"),
    ("list_department_ids", lambda s: directory.DirectoryClient(s, s).list_department_ids(),
     {"department_id": [{"id": 1, "parentid": 0, "order": 1}]}, "department_id"),
    ("list_departments", lambda s: directory.DirectoryClient(s, s).list_departments(),
     {"department": [{"id": 1, "name": "总", "parentid": 0, "order": 1, "department_leader": ["bob"]}]}, "department"),
    ("list_member_ids", lambda s: directory.DirectoryClient(s, s).list_member_ids(cursor=""),
     {"dept_user": [{"userid": "bob", "department": 1}]}, "dept_user"),
    ("list_members", lambda s: directory.DirectoryClient(s, s).list_members(department_id=1),
     {"userlist": [{"userid": "bob", "name": "鲍勃", "alias": "b", "position": "p", "status": 1, "department": [1, 2],
                    "is_leader_in_dept": [1, 0], "main_department": 1, "direct_leader": ["dora"]}]}, "userlist"),
    ("get_groupmsg_list", lambda s: group_messages.GroupMessagesClient(s).get_groupmsg_list(
        start_time=0, end_time=1, cursor=""),
     {"group_msg_list": [{"msgid": "m1", "creator": "bob", "create_time": 1, "create_type": 0,
                          "text": {"content": "hi"}}]}, "group_msg_list"),
    ("get_groupmsg_task", lambda s: group_messages.GroupMessagesClient(s).get_groupmsg_task(msgid="m", cursor=""),
     {"task_list": [{"userid": "bob", "status": 2, "send_time": 1}]}, "task_list"),
    ("get_groupmsg_send_result", lambda s: group_messages.GroupMessagesClient(s).get_groupmsg_send_result(
        msgid="m", userid="bob", cursor=""),
     {"send_list": [{"external_userid": "wmA", "status": 1, "send_time": 1}]}, "send_list"),
    ("list_results", lambda s: transfers.TransfersClient(s).list_results(
        handover_userid="a", takeover_userid="b", cursor=""),
     {"customer": [{"external_userid": "wmA", "status": 1, "takeover_time": 1}]}, "customer"),
    ("list_unassigned", lambda s: transfers.TransfersClient(s).list_unassigned(cursor=""),
     {"info": [{"handover_userid": "bob", "external_userid": "wmA", "dimission_time": 1}], "is_last": True}, "info"),
    ("transfer_customers", lambda s: transfers.TransfersClient(s).transfer_customers(
        handover_userid="a", takeover_userid="b", external_userids=["wmA"], message=""),
     {"customer": [{"external_userid": "wmA", "errcode": 0}]}, "customer"),
    ("transfer_groups", lambda s: transfers.TransfersClient(s).transfer_groups(chat_ids=["c1"], new_owner="b"),
     {"failed_chat_list": [{"chat_id": "c1", "errcode": 90500}]}, "failed_chat_list"),
]  # fmt: skip
SINGLES: list[tuple[str, Callable[[Any], Any], Json]] = [
    ("get_contact", lambda s: contacts.ContactsClient(s).get_contact(external_userid="wmA"),
     {"external_contact": CONTACT["external_contact"], "follow_user": [FOLLOWER]}),
    ("get_group_chat", lambda s: contacts.GroupChatsClient(s).get_group_chat(chat_id="c1"),
     {"group_chat": {"chat_id": "c1", "name": "群", "owner": "bob", "notice": "n", "create_time": 1,
                     "member_version": "v", "member_list": [
                         {"userid": "bob", "type": 1, "name": "b", "join_time": 1, "join_scene": 1}]}}),
    ("get_member", lambda s: directory.DirectoryClient(s, s).get_member(userid="bob"), LISTS[6][2]["userlist"][0]),
    ("add_msg_template", lambda s: group_messages.GroupMessagesClient(s).add_msg_template(
        sender="bob", external_userids=["wmA"], text="x", attachments=[]), {"msgid": "m", "fail_list": ["wmB"]}),
    ("send_text_card", lambda s: messages.AppMessagesClient(s).send_text_card(
        userids=["bob"], title="t", description="d", url="u"), {"msgid": "m", "invaliduser": "bob|eve"}),
    ("get_visitor", lambda s: messages.LoginClient(s).get_visitor(code="c"), {"userid": "bob"}),
    ("list_follow_userids", lambda s: contacts.ContactsClient(s).list_follow_userids(), {"follow_user": ["bob"]}),
]  # fmt: skip
ODD: list[Any] = [
    None, "", 0, -1, 1.5, True, 2**70, "x", "12", "1" * 4_500, [], [None], {}, {"a": 1}, "\0", "\ud800", float("nan"),
]  # fmt: skip


class Answering:
    """Answers every call with the same answer, cleaned as where answers enter."""

    def __init__(self, answer: Json) -> None:
        self._answer = answer

    def __call__(self) -> Any:
        credentials = type("App", (), {"agent_id": 1})()
        return credentials, self

    def ask(self, *_: object, **__: object) -> Any:
        return storable.cleaned(json.loads(json.dumps(self._answer)))


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += _places(item, (*path, key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            found += _places(item, (*path, place))
    return found


def _changed(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    copy = json.loads(json.dumps(value))
    inner = copy
    for part in path[:-1]:
        inner = inner[part]
    if odd is _Gone and isinstance(inner, dict):
        del inner[path[-1]]
    else:
        inner[path[-1]] = None if odd is _Gone else odd
    return copy


class _Gone:
    """In place of a value: the field is not there."""


def _told(answer: Any) -> list[Any]:
    return list(getattr(answer, "items", answer))


@pytest.mark.parametrize(("call", "answer", "key"), [item[1:] for item in LISTS], ids=[item[0] for item in LISTS])
def test_odd_value_of_an_item_costs_at_most_that_item(call: Callable[[Any], Any], answer: Json, key: str) -> None:
    """For every field of every list: the neighbour is told whole, the item is told or set aside, never just gone."""
    (item,) = answer[key]
    whole = _told(call(Answering(answer)))
    assert len(whole) == 1
    for path in _places(item):
        for odd in [*ODD, _Gone]:
            spoilt = {**answer, key: [_changed(item, path, odd), item]}
            with collected() as aside:
                told = _told(call(Answering(spoilt)))
            assert whole[0] == told[-1], (path, odd)
            assert len(told) == 2 or aside, (path, odd)
            _storable(told)
    with collected() as aside:
        told = _told(call(Answering({**answer, key: [None, "x", 7, [], item]})))
    assert told == whole and len(aside) == 4


@pytest.mark.parametrize(("call", "answer"), [item[1:] for item in SINGLES], ids=[item[0] for item in SINGLES])
def test_odd_value_of_a_single_answer_is_absent_or_the_answer_says_nothing(
    call: Callable[[Any], Any], answer: Json
) -> None:
    for path in _places(answer):
        for odd in [*ODD, _Gone]:
            try:
                told = call(Answering(_changed(answer, path, odd)))
            except OutcomeUnknown:
                continue
            _storable(told)


def _storable(told: Any) -> None:
    """Nothing became the word None, and all of it fits into the database."""
    values = [dataclasses.asdict(item) if dataclasses.is_dataclass(item) and not isinstance(item, type) else item
              for item in (told if isinstance(told, list) else [told])]  # fmt: skip
    text = json.dumps(values)
    assert '"None"' not in text and '"null"' not in text
    assert storable.storable(values)


def test_every_method_that_answers_is_in_these_tables() -> None:
    """A new read of WeCom's comes with its example, or this fails."""
    covered = {name for name, *_ in [*LISTS, *SINGLES]}
    same_reader = {"list_resigned_results", "transfer_resigned_customers", "transfer_resigned_groups"}
    tells_nothing = {"remind_groupmsg_send", "cancel_groupmsg_send", "send_welcome", "get_js_tickets", "upload_image"}
    methods = set()
    for module in (contacts, directory, group_messages, messages, transfers):
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ == module.__name__:
                methods |= {name for name, _ in inspect.getmembers(kind, inspect.isfunction) if name[0] != "_"}
    assert methods == covered | same_reader | tells_nothing


FOLLOWERS = [(name, call, answer, "follow_user") for name, call, answer in SINGLES if "follow_user" in answer]


@pytest.mark.parametrize(
    ("call", "answer", "key"), [item[1:] for item in [*LISTS, *FOLLOWERS]], ids=[item[0] for item in LISTS + FOLLOWERS]
)
def test_answer_without_its_list_has_not_told_that_everybody_is_gone(
    call: Callable[[Any], Any], answer: Json, key: str
) -> None:
    """It says nothing, and is asked for again, or the whole list is set aside."""
    rest = {name: value for name, value in answer.items() if name != key}
    lacking: list[Json] = [rest, {**rest, key: None}, {**rest, key: {}}, {**rest, key: ""}]
    for spoilt in lacking:
        with collected() as aside:
            try:
                call(Answering(spoilt))
            except OutcomeUnknown:
                continue
        assert [item.reason for item in aside] == [f"the answer has no {key}"]
    with collected() as aside:
        call(Answering({**answer, key: []}))
    assert aside == []


@pytest.mark.parametrize(
    ("value", "read"),
    [("12", 12), (" 7 ", 7), ("-3", -3), (3.0, 3), (True, 1), ("1.5", None), ("", None), ("٣", None), (2**63, None),
     (float("inf"), None), ([], None), ({}, None), (None, None), ("1" * 5_000, None)],
)  # fmt: skip
def test_number_is_read_from_what_is_one(value: object, read: int | None) -> None:
    assert reading.number({"a": value}, "a") == read


def test_clients_read_answers_by_the_reader_alone() -> None:
    """No `str(answer["x"])`, which makes a word of null, and no `int(…)`, which raises over one odd value."""
    folder = Path(reading.__file__).parent
    for module in (contacts, directory, group_messages, messages, transfers):
        source = (folder / f"{module.__name__.rpartition('.')[2]}.py").read_text()
        for forbidden in ("str(item", "int(item", "str(answer", "int(answer", "answer[", ".get("):
            assert forbidden not in source, (module.__name__, forbidden)


@pytest.mark.parametrize("entry", [None, {}, [], 1.5, True])
def test_list_with_an_entry_that_cannot_be_read_takes_nobody_out_of_it(entry: object) -> None:
    assert reading.texts({"x": ["a", "", "b"]}, "x") == ["a", "b"]
    assert reading.texts({"x": ["a", entry]}, "x") is None
    known = {"userid": "bob", "department": [1, 2], "is_leader_in_dept": [1, 0], "direct_leader": ["anna"]}
    assert directory._member(known).departments == [1, 2]
    odd = directory._member(known | {"department": [1, "x"], "direct_leader": ["anna", entry]})
    assert (odd.departments, odd.leads, odd.direct_leader) == (None, None, None)


PAGED: list[Callable[[Any], Any]] = [
    lambda s: contacts.ContactsClient(s).list_contacts(userids=["bob"], cursor="here"),
    lambda s: contacts.GroupChatsClient(s).list_group_chats(owners=[], cursor="here"),
    lambda s: directory.DirectoryClient(s, s).list_member_ids(cursor="here"),
    lambda s: transfers.TransfersClient(s).list_unassigned(cursor="here"),
    lambda s: transfers.TransfersClient(s).list_results(handover_userid="a", takeover_userid="b", cursor="here"),
    lambda s: group_messages.GroupMessagesClient(s).get_groupmsg_list(start_time=0, end_time=1, cursor="here"),
    lambda s: group_messages.GroupMessagesClient(s).get_groupmsg_task(msgid="m", cursor="here"),
    lambda s: group_messages.GroupMessagesClient(s).get_groupmsg_send_result(msgid="m", userid="a", cursor="here"),
]
LISTED = (
    "external_contact_list",
    "group_chat_list",
    "dept_user",
    "info",
    "customer",
    "group_msg_list",
    "task_list",
    "send_list",
)


@pytest.mark.parametrize("call", PAGED)
def test_page_that_names_itself_as_the_next_is_not_read_for_ever(call: Callable[[Any], Any]) -> None:
    answer: Json = {key: [] for key in LISTED}
    assert call(Answering({**answer, "next_cursor": "there"})).next_cursor == "there"
    with pytest.raises(OutcomeUnknown):
        call(Answering({**answer, "next_cursor": "here"}))
