"""The crypt scheme against the official samples, and against whoever changes a bit."""

import base64
import dataclasses
import random

import pytest

from scrm.wecom import crypt
from scrm.wecom.crypt import CryptError
from tests.support.foreign import ForeignApp

TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP = "wx5823bf96d3bd56c7"
KEY = bytes.fromhex("8d69989bbaabe67328014c194631ad0719b3dca035b64023df292447aab60760")


@dataclasses.dataclass(frozen=True)
class Received:
    """A sample of the official documentation, to be opened."""

    timestamp: str
    nonce: str
    signature: str
    encrypted: str
    message: bytes


@dataclasses.dataclass(frozen=True)
class Sent:
    """What the official library 1.0.1 makes of a message, with the random bytes ``0123456789abcdef``."""

    message: bytes
    receiveid: str
    encrypted: str
    signature: str


ECHO = Received(
    timestamp="1409659589",
    nonce="263014780",
    signature="5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    encrypted="P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
    message=b"1616140317555161061",
)
MESSAGE = Received(
    timestamp="1409659813",
    nonce="1372623149",
    signature="477715d11cdb4164915debcba66cb864d751f3e6",
    encrypted=(
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvu"
        "JTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwG"
        "c2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9"
        "EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0"
        "lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
    ),
    message=b"",
)
SENT = [
    Sent(
        b"success",
        CORP,
        "sKqRbbiSUnDhFHOvPjtUMbWS28WQJEcq+Mzda1Jz7/48f8S/Ty+bA9T4kUGo9xXppbi6Xb5CJDNdGLzlBP6xcQ==",
        "30656bd402954e7ed1c677cbf177c9ac2afe5480",
    ),
    Sent(
        "你好，SCRM".encode(),
        CORP,
        "sKqRbbiSUnDhFHOvPjtUMQxqaEpF9H96pANxKNaPPM5A32+cv++/S6FEpYAXvCkupC8IeUQ9wreoX7MfIsqx4g==",
        "ec96a0eb420b76b7eb71cd33094fe6007d2d5dcd",
    ),
    Sent(
        b"01234567890123456789012345",
        CORP,
        "sKqRbbiSUnDhFHOvPjtUMQnhkN1KSuN5npXCy1rQ3FvxbL+gj0jQviPhR59kTeROwv62EkKMBFcgUKK/E1/ejc7jk+cvyjQnIu1QjPBfY6zF"
        "Yt7OMy6dw9hgYiLg1akC",
        "dfc77bd0ed9198df342830db1d2a5cd3f330e076",
    ),
    Sent(
        b"hello",
        "",
        "sKqRbbiSUnDhFHOvPjtUMZuVSJ98Er12+beXKHFGrxs=",
        "069ad060fe0dff170b5915f5e987cffcb31b9721",
    ),
]


def test_key_is_decoded() -> None:
    assert crypt.aes_key(AES_KEY) == KEY


@pytest.mark.parametrize("bad", ["", AES_KEY[:-1], AES_KEY + "A", AES_KEY[:-1] + "*", AES_KEY[:-1] + "键"])
def test_key_of_another_shape_is_refused(bad: str) -> None:
    with pytest.raises(CryptError) as refused:
        crypt.aes_key(bad)
    assert refused.value.code == -40004


@pytest.mark.parametrize("sample", [ECHO, MESSAGE], ids=["echo", "message"])
def test_official_sample_opens(sample: Received) -> None:
    crypt.check_signature(TOKEN, sample.timestamp, sample.nonce, sample.encrypted, sample.signature)
    opened = crypt.decrypt(KEY, sample.encrypted, CORP)
    if sample.message:
        assert opened == sample.message
    else:
        assert len(opened) == 284
        assert b"<MsgId>4561255354251345929</MsgId>" in opened
        assert b"<Content><![CDATA[hello]]></Content>" in opened


@pytest.mark.parametrize("sample", SENT, ids=["success", "chinese", "full-pad", "no-receiver"])
def test_sealing_equals_the_official_library_byte_for_byte(sample: Sent) -> None:
    sealed = crypt.encrypt(KEY, sample.message, sample.receiveid, random=b"0123456789abcdef")
    assert sealed == sample.encrypted
    assert crypt.signature(TOKEN, "1700000000", "nonce123", sealed) == sample.signature
    assert crypt.decrypt(KEY, sealed, sample.receiveid) == sample.message


@pytest.mark.parametrize("length", range(65))
def test_every_padding_length_opens(length: int) -> None:
    message = b"x" * length
    assert crypt.decrypt(KEY, ForeignApp(CORP, TOKEN, AES_KEY).encrypt(message), CORP) == message


def test_any_changed_bit_of_the_signed_values_breaks_the_signature() -> None:
    values = [ECHO.timestamp, ECHO.nonce, ECHO.encrypted, ECHO.signature]
    for place, value in enumerate(values):
        changed = [*values]
        changed[place] = value[:-1] + ("x" if value[-1] != "x" else "y")
        with pytest.raises(CryptError) as refused:
            crypt.check_signature(TOKEN, *changed)
        assert refused.value.code == -40001


@pytest.mark.parametrize("given", ["", "5c45", "签名", "5C45FF5E21C57E6AD56BAC8758B79B1D9AC89FD3"])
def test_signature_of_another_shape_is_a_mismatch(given: str) -> None:
    with pytest.raises(CryptError) as refused:
        crypt.check_signature(TOKEN, ECHO.timestamp, ECHO.nonce, ECHO.encrypted, given)
    assert refused.value.code == -40001


@pytest.mark.parametrize(
    ("encrypted", "code"),
    [
        ("not base64!", -40010),
        ("P9nAzCzyDtyTWESHep1v\nC5X9", -40010),
        ("文", -40010),
        ("", -40007),
        (base64.b64encode(b"x" * 15).decode(), -40007),
        (base64.b64encode(b"\0" * 16).decode(), -40008),
    ],
)
def test_what_is_no_envelope_has_its_code(encrypted: str, code: int) -> None:
    with pytest.raises(CryptError) as refused:
        crypt.decrypt(KEY, encrypted, CORP)
    assert refused.value.code == code


@pytest.mark.parametrize("other", ["", "wx5823bf96d3bd56c8", CORP + "x", CORP[:-1]])
def test_another_receiver_is_refused(other: str) -> None:
    with pytest.raises(CryptError) as refused:
        crypt.decrypt(KEY, ECHO.encrypted, other)
    assert refused.value.code == -40005


def test_tampered_ciphertext_is_refused_with_a_code() -> None:
    """CBC is malleable: a flip may land in the message alone, which is why the signature is checked first."""
    cipher = bytearray(base64.b64decode(MESSAGE.encrypted))
    dice = random.Random(7)
    codes = set()
    for _ in range(300):
        changed = bytearray(cipher)
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        try:
            opened = crypt.decrypt(KEY, base64.b64encode(changed).decode(), CORP)
        except CryptError as refused:
            codes.add(refused.code)
        else:
            assert opened != crypt.decrypt(KEY, MESSAGE.encrypted, CORP) or changed[:16] != cipher[:16]
    assert codes <= {-40005, -40008}
    assert codes
