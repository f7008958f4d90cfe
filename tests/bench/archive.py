"""The chat archive against its own limits: COPY, RSA, the bare automaton, and a clock for the search."""

import base64
import datetime as dt
import json
import os
import random
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ahocorasick_rs import AhoCorasick
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select, text

from scrm.compliance.archive.actions import conversations
from scrm.compliance.archive.actions.messages import MessageSink, claimed, copied
from scrm.compliance.archive.actions.prepared import pack
from scrm.compliance.archive.models import Message
from scrm.compliance.archive.queries.message_search import find
from scrm.compliance.archive.schemas import MessageQuery
from scrm.compliance.rules.folding import fold
from scrm.compliance.rules.kind import Said
from scrm.compliance.rules.kinds.word_list import Parameters, WordList
from scrm.compliance.rules.models import Rule, RuleVersion
from scrm.contracts.archive import OpenedMessage
from scrm.core import clock, search
from scrm.core.db import corp_schema, transaction
from scrm.core.queue.leased import Hold
from scrm.wecom.archive import pull, reading
from scrm.wecom.archive.models import ArchiveCursor
from scrm.wecom.archive.opening import CORES
from scrm.wecom.client import archive_content
from scrm.wecom.client.archive_simulated import SimulatedArchive
from scrm.wecom.corp_archive import ArchiveCredentials
from scrm.wecom.port.archive import Archive, Envelope
from simulator import archive as simulated
from tests.bench.measured import Measured, rounds
from tests.support.database import owner

PAGE = 1_000
WORDS = 10_000
_COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分"
    "对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
)
_RARE = "甲醛橱柜榻榻米藤编胡桃岩板踢脚阳台飘窗玄关淋浴花洒地漏吊顶乳胶漆腻子墙布壁纸筒灯射灯"
_STOCK = _COMMON * 6 + _RARE


def sentence(dice: random.Random) -> str:
    return "".join(dice.choices(_STOCK, k=dice.randint(6, 34)))


def scan(count: int = 9) -> Measured:
    """The rule, folding and saying which words included, against the bare automaton per message of folded text."""
    dice = random.Random(1)
    words = _words(dice)
    rule = WordList(Parameters(words=words))
    automaton = AhoCorasick([fold(word) for word in words])
    pages = [[Said(sentence(dice), "staff") for _ in range(PAGE)] for _ in range(count)]
    folded = [[fold(said.text) for said in page] for page in pages]

    def ours(number: int) -> None:
        rule.scan(pages[number])

    def limit(number: int) -> None:
        for message in folded[number]:
            automaton.find_matches_as_indexes(message, overlapping=True)

    return rounds(count, PAGE, ours, limit)


def ingest(corp: int, count: int = 9) -> Measured:
    """Rows of a page packed and copied, those that stand already found out; against COPY of them as prebuilt bytes.

    Opening, words, conversations and rules are not in it: they belong to the archive end to end.
    """
    sink, dice = MessageSink(), random.Random(2)
    pages = [[opened(dice, number * PAGE + place) for place in range(PAGE)] for number in range(count)]
    _copy_table(corp)
    columns = "msgid, at, seq, publickey_ver, conversation_id, sender, sender_kind, msgtype, body, words, bigrams"
    statement = f"COPY bench.message ({columns}, digest, time_known, archived_at) FROM STDIN (FORMAT BINARY)"
    raw = [_prebuilt(corp, page) for page in pages]
    _empty(corp)
    prepared = [sink.prepare(page) for page in pages]
    spoken = [[search.fold(message.spoken) for message in page] for page in prepared]
    with transaction(corp) as session:
        ids = [conversations.ids_of(session, {one.ends: one.at for one in page}, set()) for page in prepared]

    def ours(number: int) -> None:
        pack(prepared[number], spoken[number])
        with transaction(corp) as session:
            fresh, _ = claimed(session, prepared[number])
            copied(session, fresh, ids[number], set())

    with owner() as connection:

        def limit(number: int) -> None:
            with connection.transaction(), connection.cursor().copy(statement.encode()) as copy:
                copy.write(raw[number])

        return rounds(count, PAGE, ours, limit)


def whole(corp: int, count: int = 5, pages: int = 20) -> Measured:
    """Fetched pages opened, scanned, indexed and stored with the cursor, against RSA alone on as many threads.

    From WeCom's answer as it comes to the commit of its last row; twenty pages, what the puller reads in one go while
    there is more. The simulator's cipher is in it, 4 µs a message, in place of ``DecryptData``.
    """
    dice = random.Random(3)
    private = generate_private_key(65537, 2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    store = simulated.Archive(None, [simulated.KeyPair(1, pem, private.public_key())])  # type: ignore[arg-type]
    total = PAGE * pages
    sealed = [
        [_sealed(store, dice, 10**9 + number * total + place) for place in range(total)] for number in range(count)
    ]
    wrapped = [[json.loads(row)["encrypt_random_key"] for row in page] for page in sealed]
    answers = [[_page(page[first : first + PAGE]) for first in range(0, total + 1, PAGE)] for page in sealed]
    credentials = ArchiveCredentials(
        corp_id="bench", api_base="http://127.0.0.1:9", secret="", library="", proxy="", private_keys={1: pem}
    )
    crypto = SimulatedArchive(credentials)
    first = archive_content.envelopes(archive_content.parse(_page(sealed[0][:400])))
    reading.opened(crypto, {1: pem}, first)  # starts the processes, which load the key

    def ours(number: int) -> None:
        coming = iter(answers[number])

        class Pages(SimulatedArchive):
            def get_chat_data(self, *, seq: int, limit: int) -> list[Envelope]:
                return archive_content.envelopes(archive_content.parse(next(coming)))

        stored = 0
        while stored < total:  # a stretch ends by the clock too, on a machine that is busy with other things
            moved = _pulled(corp, Pages(credentials), {1: pem})
            if not moved:
                raise RuntimeError("the pull failed")
            stored += moved

    with ThreadPoolExecutor(CORES) as pool:

        def limit(number: int) -> None:
            keys = wrapped[number]
            shares = [keys[first : first + 50] for first in range(0, total, 50)]
            list(pool.map(lambda share: [private.decrypt(_bytes(key), padding.PKCS1v15()) for key in share], shares))

        return rounds(count, total, ours, limit)


def _pulled(corp: int, archive: Archive, keys: dict[int, str]) -> int:
    """One turn of the puller under a lease of its own; the number of messages stored."""
    token = secrets.token_hex(8)
    with transaction(corp) as session:
        pull.make_cursor(session)
        session.execute(text("UPDATE archive_cursor SET lease = :token, leases = 1"), {"token": token})
        (seq, limit) = session.execute(text("SELECT seq, page_limit FROM archive_cursor")).one()
    hold = Hold(ArchiveCursor, corp, 1, token, pull.LEASE)
    return pull.pull_pages(corp, archive, keys, pull.Start(int(seq), limit), hold).stored


def newest_twenty(corp: int, messages: int) -> list[tuple[str, int, float]]:
    """Words of different frequency, their number of hits, and the median milliseconds of the newest twenty."""
    fill(corp, messages)
    found = []
    for word in ("胡桃岩板", "胡桃榻榻", "橱柜甲醛", "藤编", "玄关"):
        times = []
        query = MessageQuery(q=word, limit=20)
        for _ in range(7):
            with transaction(corp) as session:
                began = time.perf_counter()
                rows = find(session, select(Message), query, narrowed=False)
                times.append((time.perf_counter() - began) * 1e3)
        found.append((word, rows.total, sorted(times)[3]))
    return found


def fill(corp: int, messages: int) -> None:
    """Very many rows by COPY, over the last month, then vacuumed so that the index has no pending list."""
    dice = random.Random(4)
    schema = corp_schema(corp)
    now = clock.now()
    columns = "msgid, at, seq, publickey_ver, conversation_id, sender, sender_kind, msgtype, body, words, bigrams"
    types = ["text", "timestamptz", "text", "int4", "int8", "text", "text", "text", "jsonb", "text", "int8[]"]
    statement = f"COPY {schema}.message ({columns}, digest, archived_at) FROM STDIN (FORMAT BINARY)"
    with owner() as connection:
        connection.execute(f"TRUNCATE {schema}.message".encode())
        connection.execute(f"DROP INDEX {schema}.ix_message_bigrams".encode())
        with connection.transaction(), connection.cursor().copy(statement.encode()) as copy:
            copy.set_types([*types, "bytea", "timestamptz"])
            for number in range(messages):
                said = sentence(dice)
                at = now - dt.timedelta(seconds=(messages - number) * 2.4)
                row = (f"fill{number}", at, str(number), 1, number % 5_000, "bob", "staff", "text", "{}", said)
                copy.write_row((*row, search.bigrams(said), b"", now))
        connection.execute(f"CREATE INDEX ix_message_bigrams ON {schema}.message USING gin (bigrams)".encode())
        connection.execute(f"VACUUM ANALYZE {schema}.message".encode())


def add_rule(corp: int) -> None:
    """A rule of ten thousand words in force, as it would be."""
    words, now = _words(random.Random(1)), clock.now()
    with transaction(corp) as session:
        rule = Rule(
            name="bench",
            kind="word_list",
            severity="low",
            enabled=True,
            version=1,
            words=len(words),
            hits=0,
            last_hit_at=None,
            created_by="bench",
            created_at=now,
            updated_at=now,
        )
        session.add(rule)
        session.flush()
        parameters = Parameters(words=words).model_dump(mode="json")
        session.add(RuleVersion(rule_id=rule.id, version=1, parameters=parameters, changed_by="bench", changed_at=now))


def opened(dice: random.Random, number: int) -> OpenedMessage:
    body = _message(dice, number)
    plain = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return OpenedMessage(number, body["msgid"], 1, body, plain, os.urandom(32))


def _message(dice: random.Random, number: int) -> dict[str, Any]:
    at = int(time.time() * 1000) - 86_400_000 + number % 80_000_000
    pair = number % 160  # a page of a busy minute holds some hundred conversations
    ends = (f"staff{pair % 40}", f"wm{pair:028d}")
    return {
        "msgid": f"{dice.getrandbits(63)}_{number}_external",
        "action": "send",
        "from": ends[number % 2],
        "tolist": [ends[1 - number % 2]],
        "roomid": "",
        "msgtime": at,
        "msgtype": "text",
        "text": {"content": sentence(dice)},
    }


def _words(dice: random.Random) -> list[str]:
    """Words that real lists hold: long enough to be rare in what people say."""
    made: dict[str, None] = {}
    while len(made) < WORDS:
        made["".join(dice.choices(_STOCK, k=dice.randint(4, 7)))] = None
    return list(made)


def _sealed(store: simulated.Archive, dice: random.Random, seq: int) -> bytes:
    return store.seal(_message(dice, seq), seq)


def _page(rows: Sequence[bytes]) -> bytes:
    """What GetChatData answers."""
    return b'{"errcode":0,"errmsg":"ok","chatdata":[' + b",".join(rows) + b"]}"


def _bytes(key: str) -> bytes:
    return base64.b64decode(key)


def _prebuilt(corp: int, page: Sequence[OpenedMessage]) -> bytes:
    """The same rows as COPY bytes: what the database alone would take."""
    sink = MessageSink()
    schema = corp_schema(corp)
    _empty(corp)
    with transaction(corp) as session:
        sink.store(session, [sink.prepare(page)])
    columns = "msgid, at, seq, publickey_ver, conversation_id, sender, sender_kind, msgtype, body, words, bigrams"
    query = f"COPY (SELECT {columns}, digest, time_known, archived_at FROM {schema}.message) TO STDOUT (FORMAT BINARY)"
    with owner() as connection, connection.cursor().copy(query.encode()) as copy:
        return b"".join(bytes(block) for block in copy)


def _empty(corp: int) -> None:
    """As the owner: the service may only add to what was archived."""
    with owner() as connection:
        for table in ("message", "message_key"):
            connection.execute(f"DELETE FROM {corp_schema(corp)}.{table}".encode())


def _copy_table(corp: int) -> None:
    """The same table, partitions and indexes without the rest of the house."""
    schema = corp_schema(corp)
    with owner() as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS bench")
        connection.execute(
            f"CREATE TABLE bench.message (LIKE {schema}.message INCLUDING ALL) PARTITION BY RANGE (at)".encode()
        )
        connection.execute("CREATE TABLE bench.message_default PARTITION OF bench.message DEFAULT")
