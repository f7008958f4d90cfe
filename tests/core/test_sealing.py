"""Secrets at rest open with their key, in their place, whole."""

import pytest

from scrm.core import sealing
from scrm.core.sealing import SealBroken

SECRET = "the deployment's secret key, long enough"
KEY = sealing.new_data_key()


def test_sealed_opens_where_it_belongs() -> None:
    sealed = sealing.seal(KEY, "密钥".encode(), "wecom_app|1|secret")
    assert sealing.unseal(KEY, sealed, "wecom_app|1|secret").decode() == "密钥"
    assert len(sealed) == len("密钥".encode()) + 29


def test_two_seals_of_one_secret_are_not_alike() -> None:
    assert sealing.seal(KEY, b"same", "place") != sealing.seal(KEY, b"same", "place")


def test_ciphertext_moved_to_another_row_does_not_open() -> None:
    sealed = sealing.seal(KEY, b"secret", "wecom_app|1|secret")
    for place in ("wecom_app|2|secret", "wecom_app|1|token", ""):
        with pytest.raises(SealBroken):
            sealing.unseal(KEY, sealed, place)


def test_every_byte_is_covered() -> None:
    sealed = sealing.seal(KEY, b"secret", "place")
    for number in range(len(sealed)):
        changed = bytearray(sealed)
        changed[number] ^= 1
        with pytest.raises(SealBroken):
            sealing.unseal(KEY, bytes(changed), "place")
    for cut in (b"", sealed[:1], sealed[:28], sealed[:-1]):
        with pytest.raises(SealBroken):
            sealing.unseal(KEY, cut, "place")


def test_data_key_opens_with_the_secret_key_alone() -> None:
    wrapped = sealing.wrap_key(SECRET, KEY, "corp|ww1|data_key")
    assert sealing.unwrap_key(SECRET, wrapped, "corp|ww1|data_key") == KEY
    with pytest.raises(SealBroken):
        sealing.unwrap_key(SECRET + "x", wrapped, "corp|ww1|data_key")
    with pytest.raises(SealBroken):
        sealing.unwrap_key(SECRET, wrapped, "corp|ww2|data_key")


def test_purposes_have_keys_of_their_own() -> None:
    assert sealing.derive(SECRET, "csrf") != sealing.derive(SECRET, "demo logins")
    assert len(sealing.derive(SECRET, "csrf")) == 32
