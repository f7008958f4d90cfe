"""WeCom's library through ctypes in a process of its own, against a double of it compiled from C."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scrm.wecom.client.archive_native import CRASHED, NativeArchive
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import ArchiveRefused

_COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")

pytestmark = pytest.mark.skipif(_COMPILER is None, reason="no C compiler to build the library's double with")


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> ArchiveCredentials:
    library = tmp_path_factory.mktemp("sdk") / "libWeWorkFinanceSdk_C.so"
    source = Path(__file__).with_name("finance_sdk.c")
    subprocess.run([str(_COMPILER), "-shared", "-fPIC", "-O1", "-o", str(library), str(source)], check=True)
    return ArchiveCredentials(
        corp_id="wwnative",
        api_base="https://qyapi.weixin.qq.com",
        secret="a-secret",
        library=str(library),
        proxy="http://me:pass@proxy.example.com:3128",
        private_keys={},
    )


@pytest.fixture
def archive(credentials: ArchiveCredentials) -> Iterator[NativeArchive]:
    made = NativeArchive(credentials)
    yield made
    made.close()


def test_page_comes_with_a_seq_of_64_bits_though_the_library_prints_between(archive: NativeArchive) -> None:
    for seq in (0, 2**53 + 1, 2**64 - 2):
        (row,) = archive.get_chat_data(seq=seq, limit=1000)
        assert (row.seq, row.msgid, row.publickey_ver) == (seq + 1, "m1", 3)


def test_every_slice_is_freed_and_the_proxy_is_split(archive: NativeArchive) -> None:
    for _ in range(20):
        archive.get_chat_data(seq=1, limit=10)
    _, body = archive._ask({"call": "chat", "seq": 1, "limit": 10})
    assert b"wwnative http://proxy.example.com:3128 me:pass 1/0" in body


def test_message_is_opened_and_a_wrong_key_is_a_refusal(archive: NativeArchive) -> None:
    assert archive.decrypt_data(encrypt_key="key", encrypt_chat_msg="olleh") == b"hello"
    with pytest.raises(ArchiveRefused) as caught:
        archive.decrypt_data(encrypt_key="other", encrypt_chat_msg="olleh")
    assert (caught.value.code, caught.value.reaction) == (10006, Reaction.FATAL)


def test_crash_of_the_library_costs_one_call(archive: NativeArchive) -> None:
    with pytest.raises(ArchiveRefused) as caught:
        archive.decrypt_data(encrypt_key="key", encrypt_chat_msg="crash")
    assert caught.value.code == CRASHED
    assert archive.decrypt_data(encrypt_key="key", encrypt_chat_msg="cba") == b"abc"


def test_media_comes_whole_over_its_chunks(archive: NativeArchive) -> None:
    data, index, chunks = b"", "", 0
    while True:
        chunk = archive.get_media_data(index_buf=index, sdkfileid="file")
        data, index, chunks = data + chunk.data, chunk.next_index, chunks + 1
        if chunk.is_finish:
            break
    assert chunks == 3
    assert data == bytes(i % 251 for i in range(1_300_000))


@pytest.mark.parametrize(("seq", "code", "reaction"), [(7, 10009, Reaction.CONFIG), (8, 301058, Reaction.BUG)])
def test_refusals_of_both_levels_are_told(archive: NativeArchive, seq: int, code: int, reaction: Reaction) -> None:
    with pytest.raises(ArchiveRefused) as caught:
        archive.get_chat_data(seq=seq, limit=1000)
    assert (caught.value.code, caught.value.reaction) == (code, reaction)


def test_library_that_is_not_there_and_secret_that_is_wrong_are_said(credentials: ArchiveCredentials) -> None:
    with pytest.raises(ArchiveRefused) as caught:
        NativeArchive(replace(credentials, library="/nowhere/lib.so")).get_chat_data(seq=0, limit=1)
    assert caught.value.reaction is Reaction.CONFIG
    with pytest.raises(ArchiveRefused) as caught:
        NativeArchive(replace(credentials, secret="wrong")).get_chat_data(seq=0, limit=1)
    assert caught.value.code == 10000
