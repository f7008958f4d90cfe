"""What a page holds more than once is one message, and content that differs is told."""

import json

from scrm.compliance.archive.actions.messages import _each_once
from scrm.compliance.archive.actions.prepared import Prepared, prepare
from scrm.contracts.archive import OpenedMessage


def share(*messages: tuple[str, str]) -> list[Prepared]:
    opened = []
    for number, (msgid, said) in enumerate(messages):
        body = {"msgid": msgid, "msgtype": "text", "text": {"content": said}, "from": "bob", "tolist": ["wm1"]}
        text = json.dumps(body).encode()
        opened.append(OpenedMessage(number, msgid, 1, body, text, said.encode()))
    return prepare(opened)


def test_message_that_stands_twice_in_a_page_counts_once_as_it_came_first() -> None:
    messages, changed = _each_once([share(("a", "一"), ("b", "二"), ("a", "一")), share(("b", "二"), ("c", "三"))])
    assert [(message.opened.msgid, message.spoken) for message in messages] == [("a", "一"), ("b", "二"), ("c", "三")]
    assert changed == []


def test_message_that_comes_again_with_other_content_is_told() -> None:
    messages, changed = _each_once([share(("a", "一"), ("b", "二")), share(("a", "改"))])
    assert [message.spoken for message in messages] == ["一", "二"]
    assert [message.opened.msgid for message in changed] == ["a"]


def test_size_that_no_file_has_is_not_believed() -> None:
    file = {"filename": "合同.pdf", "sdkfileid": "f1", "md5sum": "0" * 32, "filesize": 2**63}
    body = {"msgid": "a", "msgtype": "file", "file": file, "from": "bob", "tolist": ["wm1"]}
    (message,) = prepare([OpenedMessage(1, "a", 1, body, json.dumps(body).encode(), b"")])
    assert [(one.sdkfileid, one.size) for one in message.files] == [("f1", None)]
