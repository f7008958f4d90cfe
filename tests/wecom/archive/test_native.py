"""WeCom's library through ctypes in child processes, against a double of it compiled from C."""

import base64
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from scrm.wecom.client import archive_child
from scrm.wecom.client.archive_child import Child
from scrm.wecom.client.archive_native import NativeArchive
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.errcodes import Reaction
from scrm.wecom.port.archive import ArchiveRefused, Envelope, Sealed
from tests.support.patience import until

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


@dataclass(frozen=True)
class KeyPair:
    pem: str
    public: RSAPublicKey

    def wrap(self, key: str) -> str:
        """A random key that begins with this word, as long as they are."""
        padded = key.ljust(88, "k") if key else ""
        return base64.b64encode(self.public.encrypt(padded.encode(), padding.PKCS1v15())).decode()


@pytest.fixture(scope="module")
def key_pair() -> KeyPair:
    private = generate_private_key(65537, 2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    return KeyPair(pem, private.public_key())


def _children() -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", "archive_process"], capture_output=True, check=False)
    return [int(pid) for pid in found.stdout.split()]


def _kill_children(number: signal.Signals) -> None:
    for pid in _children():
        os.kill(pid, number)


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


def test_each_message_opens_or_says_why_not(archive: NativeArchive, key_pair: KeyPair) -> None:
    rows = [
        (key_pair.wrap("key"), "olleh"),
        (key_pair.wrap("other"), "olleh"),
        (key_pair.wrap(""), "olleh"),
        ("no base64", "olleh"),
        (base64.b64encode(bytes(256)).decode(), "olleh"),
        (key_pair.wrap("key"), ""),
        (key_pair.wrap("key"), "cba"),
    ]
    envelopes = [Envelope(number, f"m{number}", 1, *row) for number, row in enumerate(rows)]
    envelopes.append(envelopes[0]._replace(publickey_ver=2))
    plains = archive.open_each(private_keys={1: key_pair.pem}, envelopes=envelopes)
    assert plains == [
        *(b"hello", Sealed.DECRYPT, Sealed.WRONG_KEY, Sealed.WRONG_KEY, Sealed.WRONG_KEY),
        *(b"", b"abc", Sealed.NO_KEY),
    ]
    assert archive.open_each(private_keys={}, envelopes=[]) == []


def test_crash_of_the_library_costs_the_message_that_it_dies_of(archive: NativeArchive, key_pair: KeyPair) -> None:
    wrapped = key_pair.wrap("key")
    envelopes = [Envelope(one, f"m{one}", 1, wrapped, "crash" if one in (5, 6, 19) else "cba") for one in range(20)]
    plains = archive.open_each(private_keys={1: key_pair.pem}, envelopes=envelopes)
    assert plains == [Sealed.CRASH if one in (5, 6, 19) else b"abc" for one in range(20)]


def test_children_that_are_killed_are_replaced(archive: NativeArchive, key_pair: KeyPair) -> None:
    envelopes = [Envelope(1, "m1", 1, key_pair.wrap("key"), "cba")] * 3
    for _ in range(3):
        assert archive.open_each(private_keys={1: key_pair.pem}, envelopes=envelopes) == [b"abc"] * 3
        _kill_children(signal.SIGTERM)  # which is the parent's affair
        assert archive.open_each(private_keys={1: key_pair.pem}, envelopes=envelopes) == [b"abc"] * 3
        _kill_children(signal.SIGKILL)


@pytest.mark.parametrize("library", ["/nowhere/lib.so", "libm.so.6"])
def test_library_that_is_none_is_said_and_parks_nothing(credentials: ArchiveCredentials, library: str) -> None:
    lost = NativeArchive(replace(credentials, library=library))
    for ask in (
        lambda: lost.open_each(private_keys={}, envelopes=[Envelope(1, "m1", 1, "", "")]),
        lambda: lost.get_chat_data(seq=0, limit=1),
    ):
        with pytest.raises(ArchiveRefused) as caught:
            ask()
        assert caught.value.reaction is Reaction.CONFIG


def test_library_that_dies_of_every_message_parks_none(archive: NativeArchive, key_pair: KeyPair) -> None:
    envelopes = [Envelope(one, f"m{one}", 1, key_pair.wrap("key"), "crash") for one in range(8)]
    with pytest.raises(ArchiveRefused, match="every message"):
        archive.open_each(private_keys={1: key_pair.pem}, envelopes=envelopes)
    assert archive.open_each(private_keys={1: key_pair.pem}, envelopes=envelopes[:1]) == [Sealed.CRASH]


def test_library_that_fails_over_every_message_parks_none_and_over_some_parks_those(
    archive: NativeArchive, key_pair: KeyPair
) -> None:
    ill = [Envelope(one, f"m{one}", 1, key_pair.wrap("key"), "system") for one in range(3)]
    with pytest.raises(ArchiveRefused, match="fails over every message"):
        archive.open_each(private_keys={1: key_pair.pem}, envelopes=[*ill, ill[0]._replace(publickey_ver=2)])
    good = ill[0]._replace(encrypt_chat_msg="cba")
    assert archive.open_each(private_keys={1: key_pair.pem}, envelopes=[ill[0], good]) == [Sealed.SYSTEM, b"abc"]


def test_children_are_renewed_by_count_and_by_what_they_take(
    archive: NativeArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.get_chat_data(seq=1, limit=1)
    first = archive._children["chat"]._process
    archive.get_chat_data(seq=1, limit=1)
    assert archive._children["chat"]._process is first
    with monkeypatch.context() as few:
        few.setattr(archive_child, "QUESTIONS", 3)
        archive.get_chat_data(seq=1, limit=1)
    assert archive._children["chat"]._process is None
    archive.get_chat_data(seq=1, limit=1)
    with monkeypatch.context() as grown:
        grown.setattr(archive_child, "GROWTH", -1)
        archive.get_chat_data(seq=1, limit=1)
    assert archive._children["chat"]._process is None


def test_closing_ends_a_child_in_the_middle_of_a_question_and_all_others(
    credentials: ArchiveCredentials, key_pair: KeyPair
) -> None:
    made = NativeArchive(credentials)
    made.get_chat_data(seq=1, limit=1)
    hanging = Envelope(1, "m1", 1, key_pair.wrap("key"), "hang")
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            made.open_each(private_keys={1: key_pair.pem}, envelopes=[hanging])
        except ArchiveRefused as error:
            raised.append(error)

    before = set(_children())
    asking = threading.Thread(target=ask)
    asking.start()
    while not set(_children()) - before:
        time.sleep(0.05)
    made.close()
    asking.join(10)
    assert (asking.is_alive(), len(raised)) == (False, 1)
    with pytest.raises(ArchiveRefused, match="no more"):
        made.get_chat_data(seq=1, limit=1)


def test_child_that_does_not_start_parks_nothing(
    archive: NativeArchive, key_pair: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    envelopes = [Envelope(1, "m1", 1, key_pair.wrap("key"), "cba")]
    _kill_children(signal.SIGKILL)
    with monkeypatch.context() as broken:
        broken.setenv("PYTHONHOME", "/nowhere")
        with pytest.raises(ArchiveRefused, match="does not start"):
            archive.open_each(private_keys={1: key_pair.pem}, envelopes=envelopes)
    assert archive.open_each(private_keys={1: key_pair.pem}, envelopes=envelopes) == [b"abc"]


def test_key_that_cannot_be_used_costs_the_messages_of_its_version(archive: NativeArchive, key_pair: KeyPair) -> None:
    envelopes = [Envelope(one, f"m{one}", one, key_pair.wrap("key"), "cba") for one in (1, 2)]
    assert archive.open_each(private_keys={1: key_pair.pem, 2: "no PEM"}, envelopes=envelopes) == [
        b"abc",
        Sealed.NO_KEY,
    ]


def test_child_that_was_stopped_is_given_up(credentials: ArchiveCredentials) -> None:
    child = Child(seconds=1)
    long = {"call": "open", "library": credentials.library, "keys": {}}
    assert child.ask(long, b"[]")[0]["sizes"] == []
    _kill_children(signal.SIGSTOP)
    with pytest.raises(ArchiveRefused, match="crashed or hung"):
        child.ask(long, b" " * 200_000 + b"[]")  # more than the pipe holds
    assert child.ask(long, b"[]")[0]["sizes"] == []
    child.end()
    _kill_children(signal.SIGCONT)  # those of the other tests


def test_child_leaves_no_core_file(archive: NativeArchive) -> None:
    archive.get_chat_data(seq=1, limit=1)
    for pid in _children():
        assert "Max core file size        0                    0" in Path(f"/proc/{pid}/limits").read_text()


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


_PARENT = """
import os, sys
from scrm.wecom.client import archive_openers
from scrm.wecom.port.archive import Envelope
archive_openers.Openers("").open_each({}, [Envelope(1, "m1", 1, "", "")])
with open(f"/proc/{os.getpid()}/task/{os.getpid()}/children") as children:
    print(children.read(), flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="children are read from /proc")
def test_children_do_not_outlive_a_parent_that_is_killed() -> None:
    parent = subprocess.run([sys.executable, "-c", _PARENT], capture_output=True, text=True, timeout=60, check=False)
    assert parent.returncode == -signal.SIGKILL, parent.stderr
    (child,) = parent.stdout.split()
    line = Path(f"/proc/{child}/cmdline")
    until(lambda: not line.exists() or b"archive_process" not in line.read_bytes(), "the child is an orphan")
