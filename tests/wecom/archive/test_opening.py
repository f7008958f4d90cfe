"""What comes out of a sealed message is checked before it is believed."""

import json

import pytest

from scrm.contracts.archive import OpenedMessage
from scrm.wecom.archive.models import ParkedReason
from scrm.wecom.archive.opening import Unopened, _read
from scrm.wecom.port.archive import Envelope

ENVELOPE = Envelope(1, "m1", 1, "", "")


@pytest.mark.parametrize(
    "plain",
    [
        *(
            b"",
            b"{",
            b"[]",
            b'"m1"',
            b'{"msgid":"m2"}',
            b'{"a":1}',
            b"\xff\xfe{}",
            b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        ),
        # What Python would take, and PostgreSQL would not.
        *(b'{"msgid":"m1","a":NaN}', b'{"msgid":"m1","a":-Infinity}', b'{"msgid":"m1","a":1e999,"b":"\\ud83d"}'),
        *('\ufeff{"msgid":"m1"}'.encode(), '{"msgid":"m1"}'.encode("utf-16-le")),
    ],
)
def test_what_is_no_message_stays_sealed(plain: bytes) -> None:
    read = _read(ENVELOPE, plain)
    assert isinstance(read, Unopened)
    assert read.reason is ParkedReason.NO_MESSAGE


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        ('"a\\u0000b"', "a\ufffdb"),
        ('"a\\ud83db"', "a\ufffdb"),
        ('"\\ud83d\\ude00"', "😀"),
        ('"a\x01b\tc"', "a\x01b\tc"),
        ('"纯文本"', "纯文本"),
    ],
)
def test_text_is_made_fit_for_the_database_and_no_more(content: str, kept: str) -> None:
    read = _read(ENVELOPE, f'{{"msgid":"m1","text":{{"content":{content}}}}}'.encode())
    assert isinstance(read, OpenedMessage)
    assert read.body["text"]["content"] == kept
    assert json.loads(read.text) == read.body
    assert b"\\u0000" not in read.text


@pytest.mark.parametrize(
    "plain", [b'{\n\t"msgid": "m1"\r\n}', b'{"msgid":"m1","n":1e999}', b'{"msgid":"m1","n":18446744073709551616}']
)
def test_json_that_the_database_takes_is_kept_as_it_came(plain: bytes) -> None:
    read = _read(ENVELOPE, plain)
    assert isinstance(read, OpenedMessage)
    assert json.loads(read.text) == json.loads(plain)
