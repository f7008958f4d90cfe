"""A corp as 0.1 left it, upgraded while callbacks come in, by a process that is killed again and again."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from alembic import command
from sqlalchemy import Connection, text

from scrm.core import clock, late_indexes, migrate, revisions
from scrm.core.db import corp_schema, transaction
from scrm.core.doorbell import Lane
from scrm.core.settings import settings
from scrm.customers.file.actions import splitting, states
from scrm.wecom.port.contacts import Contact, ContactInfo, FollowInfo
from tests.support import mortal
from tests.support.database import owner

FIRST = "0005"  # of the corp's line, as 0.1 left it
STAFF = 200
_TOLD = "external_userid, type, gender, unionid, avatar, position, corp_name, corp_full_name"
_STAFF = """
INSERT INTO staff (userid, name, alias, position, status, departments, leads, updated_at)
SELECT 'staff' || n, '成员' || n, '', '', 'active', '{}', '{}', now() FROM generate_series(1, %(staff)s) n
"""
_CUSTOMERS = """
INSERT INTO customer (external_userid, name, avatar, type, gender, unionid, position, corp_name, corp_full_name,
    first_added_at, updated_at, fetched_at, tag_ids, search_text, bigrams)
SELECT 'wm' || n, '客户' || n, 'avatar ' || n, 1 + n %% 2, n %% 3, CASE WHEN n %% 4 > 0 THEN 'o' || n END, '职位',
    CASE WHEN n %% 2 = 1 THEN '公司' || n ELSE '' END, '', now(), now(), now(), '{}', '', '{}'
FROM generate_series(1, %(customers)s) n
"""
_RELATIONS = """
INSERT INTO follow_relation (customer_id, staff_id, status, status_at, remark, description, remark_corp_name,
    remark_mobiles, state, oper_userid, tag_ids, personal_tags, added_at)
SELECT c.id, s.id, 'active', now(), '备注' || c.id, '', '', '[]', '', '', '{}', '[]', now()
FROM customer c JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM staff) s
    ON s.place = c.id %% %(staff)s OR c.id %% 10 = 0 AND s.place = (c.id + 1) %% %(staff)s
"""


def rebuilt(corp: int, before: str) -> None:
    """The corp's schema anew and empty, as it was at an earlier revision."""
    upgrade = revisions.upgrade

    def to_before(connection: Connection, line: str, schema: str) -> None:
        if line != "corp":
            upgrade(connection, line, schema)
            return
        config = revisions._config(line)
        config.attributes.update(connection=connection, schema=schema)
        command.upgrade(config, before)

    with owner() as connection:
        connection.execute(f"DROP SCHEMA {corp_schema(corp)} CASCADE".encode())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(revisions, "upgrade", to_before)
        patched.setattr(late_indexes, "build", lambda *_: None)
        patched.setattr(migrate, "_BY_MONTH", ("audit_event", "message"))  # 0.1 noted no readings
        migrate.create_corp_schema(settings().database_url, corp)


def fill(corp: int, customers: int) -> None:
    """So many customers, each with a follower, every tenth with two."""
    with owner() as connection, connection.transaction():
        connection.execute(f"SET LOCAL search_path = {corp_schema(corp)}".encode())
        for statement in (_STAFF, _CUSTOMERS, _RELATIONS):
            connection.execute(statement, {"customers": customers, "staff": STAFF})
    with owner() as connection:
        connection.execute(f"ANALYZE {corp_schema(corp)}.customer, {corp_schema(corp)}.follow_relation".encode())


def work_on(corp: int) -> None:
    """What a release does when it starts: bring the tables up to date, then move the rows of before."""
    migrate.upgrade(settings().database_url, settings().secret_key)
    while splitting.QUEUE.drain_batch(corp, Lane.BULK) or not is_through(corp):
        pass


def is_through(corp: int) -> bool:
    return reached(corp) is None


def reached(corp: int) -> int | None:
    """Up to which customer the contacts have moved; -1 while there is no table for them."""
    with owner() as connection:
        if connection.execute("SELECT to_regclass(%s)", [f"{corp_schema(corp)}.contact_split"]).fetchone() == (None,):
            return -1
        row = connection.execute(f"SELECT reached FROM {corp_schema(corp)}.contact_split".encode()).fetchone()
    return int(str(row[0])) if row is not None and row[0] is not None else None


@dataclass
class Callbacks:
    """Callbacks that come in all the time; one half of the customers is written by each of two threads."""

    corp: int
    customers: int
    pause: float = 0.005
    upgraded: bool = False  # until then the release before takes them, afterwards both in turn
    told: dict[str, str] = field(default_factory=dict)  # what was said last, by external_userid
    waits: list[tuple[bool, float]] = field(default_factory=list)  # upgraded, seconds
    errors: list[BaseException] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def coming_in(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._come_in, args=(half,)) for half in (0, 1)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()
        if self.errors:
            raise self.errors[0]

    def _come_in(self, half: int) -> None:
        try:
            for n in itertools.count(1):
                if self._ended.wait(self.pause):
                    return
                number = 2 * (n * 7919 % (self.customers // 2)) + half + 1
                name = f"wm{number}" if n % 20 != 1 or not self.upgraded else f"wmNEW{half}-{n}"
                begun, upgraded = time.monotonic(), self.upgraded
                with transaction(self.corp) as session:
                    if upgraded and n % 2:
                        states.take_contact(session, _answer(name, f"said {n}"), asked_at=clock.now())
                    else:
                        session.execute(_BEFORE, {"name": name, "said": f"said {n}"})
                        session.execute(_REMARKED, {"name": name, "said": f"said {n}"})
                self.waits.append((upgraded, time.monotonic() - begun))
                if (upgraded and n % 2) or not name.startswith("wmNEW"):
                    self.told[name] = f"said {n}"
        except BaseException as error:
            self.errors.append(error)


_BEFORE = text(
    "UPDATE customer SET avatar = :said, updated_at = now(), fetched_at = now() WHERE external_userid = :name"
)
_REMARKED = text(
    "UPDATE follow_relation r SET remark = :said FROM customer c"
    " WHERE c.id = r.customer_id AND c.external_userid = :name AND r.staff_id = 1 + c.id % 200"
)


def _answer(name: str, said: str) -> Contact:
    """What WeCom answers when it is asked for the customer."""
    number = int(name[2:]) if name[2:].isdecimal() else 0
    info = ContactInfo(
        external_userid=name,
        name=None,
        avatar=said,
        type=None,
        gender=None,
        unionid=None,
        position=None,
        corp_name=None,
        corp_full_name=None,
    )
    follow = FollowInfo(
        userid=f"staff{1 + number % STAFF}",
        remark=said,
        description=None,
        createtime=None,
        tag_ids=None,
        personal_tags=None,
        remark_corp_name=None,
        remark_mobiles=None,
        add_way=None,
        oper_userid=None,
        state=None,
    )
    return Contact(info=info, follows=[follow])


def digest(corp: int, table: str, told: dict[str, str]) -> tuple[int, str]:
    """How many contacts there are of whom nothing was told meanwhile, and a checksum of what is known of them."""
    rows = f"{corp_schema(corp)}.{table} WHERE external_userid !~ 'NEW' AND external_userid <> ALL(%s)"
    query = f"SELECT count(*), md5(string_agg(md5(({_TOLD})::text), '' ORDER BY external_userid)) FROM {rows}"
    with owner() as connection:
        row = connection.execute(query.encode(), [list(told)]).fetchone()
    assert row is not None
    return int(str(row[0])), str(row[1])


def stale(corp: int, told: dict[str, str]) -> list[str]:
    """Contacts of whom something else is known than what was told last."""
    schema = corp_schema(corp)
    query = (
        f"SELECT w.external_userid, w.avatar, r.remark FROM {schema}.wecom_contact w JOIN {schema}.follow_relation r"
        f" ON r.contact_id = w.id AND r.customer_id = w.customer_id JOIN {schema}.staff s ON s.id = r.staff_id"
        " WHERE w.external_userid = ANY(%s) AND (w.external_userid ~ 'NEW' OR r.staff_id = 1 + w.customer_id %% 200)"
    )
    with owner() as connection:
        rows = connection.execute(query.encode(), [list(told)]).fetchall()
    known = {str(name): {str(avatar), str(remark)} for name, avatar, remark in rows}
    return sorted(name for name, said in told.items() if known.get(name) != {said})


def unpointed(corp: int) -> int:
    """Relations that point at no contact."""
    with owner() as connection:
        query = f"SELECT count(*) FROM {corp_schema(corp)}.follow_relation WHERE contact_id IS NULL"
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(str(row[0]))


def killed(corp: int, seconds: float) -> None:
    """Let a process upgrade the corp, and kill it so long after it has begun."""
    process = mortal.started(work_on, corp)
    time.sleep(seconds)
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()


def killed_on_the_way(corp: int) -> None:
    """The same, as soon as it has moved a stretch: while it is at the next."""
    before = reached(corp)
    process = mortal.started(work_on, corp)
    while process.is_alive() and reached(corp) == before:
        time.sleep(0.005)
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join()


def finished(corp: int) -> None:
    process = mortal.started(work_on, corp)
    process.join()
    assert process.exitcode == 0, f"the upgrade ended with {process.exitcode}"
