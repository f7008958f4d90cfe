"""One row's shape costs that row alone; what is no page is refused whole."""

import json
from typing import Any

import pytest

from scrm.wecom.client.archive_content import envelopes, parse
from scrm.wecom.port.archive import ArchiveRefused, Envelope

ROW = {"seq": 5, "msgid": "m5", "publickey_ver": 1, "encrypt_random_key": "a2V5", "encrypt_chat_msg": "bXNn"}
NEIGHBOURS = [{**ROW, "seq": seq, "msgid": f"m{seq}"} for seq in (4, 6)]


def page(*rows: bytes) -> list[Envelope]:
    return envelopes(parse(b'{"errcode":0,"errmsg":"ok","chatdata":[' + b",".join(rows) + b"]}"))


def between(raw: bytes) -> Envelope:
    """What becomes of a row that stands between two good ones, which come as they are."""
    before, odd, after = page(_dumped(NEIGHBOURS[0]), raw, _dumped(NEIGHBOURS[1]))
    assert (before, after) == tuple(Envelope(*row.values()) for row in NEIGHBOURS)  # type: ignore[arg-type]
    return odd


def _dumped(row: Any) -> bytes:
    return json.dumps(row).encode()


_ODD: list[Any] = [None, True, -1, 1.5, 10**30, "x", "", [], {}, "1" * 5_000, "\0", "密" * 300]


@pytest.mark.parametrize("field", list(ROW))
@pytest.mark.parametrize("value", ["absent", *_ODD], ids=lambda value: repr(value)[:12])
def test_row_with_one_odd_field_is_kept_raw_with_what_is_known(field: str, value: Any) -> None:
    row = {**ROW, field: value} if value != "absent" else {name: ROW[name] for name in ROW if name != field}
    odd = between(_dumped(row))
    if not odd.raw:  # a text that may be Base64, or an id
        assert field in ("msgid", "encrypt_random_key", "encrypt_chat_msg")
        assert isinstance(value, str)
        return
    assert json.loads(odd.raw) == json.loads(_dumped(row)) or value == 10**30
    known = {"seq": 0 if field == "seq" else 5, "publickey_ver": 0 if field == "publickey_ver" else 1}
    assert (odd.seq, odd.publickey_ver) == tuple(known.values())
    if field != "msgid":
        assert odd.msgid == "m5"


@pytest.mark.parametrize(
    ("raw", "seq", "msgid"),
    [
        (b"null", 0, ""),
        (b'"a row"', 0, ""),
        (b"[]", 0, ""),
        (b'{"seq":5,"msgid":"m5","publickey_ver":}', 5, "m5"),
        (b'{"seq":5,"msgid":"m\xff5","publickey_ver":1}', 5, ""),
        (
            b'{"seq":5,"msgid":"m5","x":"\xc3\x28","publickey_ver":1,"encrypt_random_key":"a","encrypt_chat_msg":"b"}',
            5,
            "m5",
        ),
        (b'{"seq":5,"msgid":"m5","x":' + b"[" * 90_000 + b"]" * 90_000 + b"}", 5, "m5"),
        (b'{"seq":5,"msgid":"m5"', 5, "m5"),
        (b'{"seq":5,"msgid":"m5","publickey_ver":"1}', 5, "m5"),
        (b'{"seq":99999999999999999999,"msgid":"\\ud83d"}', 0, ""),
    ],
    ids=range(10),
)
def test_row_that_is_no_json_is_kept_as_it_came(raw: bytes, seq: int, msgid: str) -> None:
    odd = between(raw)
    assert (odd.seq, odd.msgid, odd.encrypt_chat_msg) == (seq, msgid, "")
    assert odd.raw == raw


def test_numbers_may_come_as_text_and_control_characters_are_let_through() -> None:
    odd = between(
        b'{"seq":"5","msgid":"m5","publickey_ver":"1","note":"a\x01b","encrypt_random_key":"k","encrypt_chat_msg":"c"}'
    )
    assert odd == Envelope(5, "m5", 1, "k", "c")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"errcode":0,"chatdata":{}}',
        b'{"errcode":0,"chatdata":"x"}',
        b'{"errcode":null,"chatdata":[]}',
        b'{"errcode":{},"chatdata":[]}',
        b'{"errcode":0,"chatdata":[{"seq":1,"msgid":"a"},{"seq":2',
        b'{"errcode":0,"chatdata":[{"seq":1,"msgid":"a"}',
        b'{"errcode":301052,"chatdata":[{"seq":1,"x":\xff}]}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_page_is_refused_and_nothing_of_it_read(text: bytes) -> None:
    with pytest.raises(ArchiveRefused):
        envelopes(parse(text))


@pytest.mark.parametrize("text", [b'{"errcode":0}', b'{"errcode":0,"chatdata":null}', b'{"errcode":0,"chatdata":[ ]}'])
def test_page_without_rows_says_that_all_has_come(text: bytes) -> None:
    assert envelopes(parse(text)) == []
