"""Searches over 1,000,000 customers and their alerts: what each reads of the database, and how long that takes.

``python -m tests.bench.searches`` prints the table alone. A search reads 50 times as many rows as a page shows, or
as many as its exact total takes; no table of more than 10,000 rows is read from end to end.
"""

import datetime as dt
import os
import random
import string
import sys
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import text

from scrm.compliance.alerts.models import TEXT_VERSION as ALERT_VERSION
from scrm.compliance.alerts.queries import alert_page
from scrm.compliance.alerts.schemas import AlertQuery
from scrm.core import search
from scrm.core.audit import NOWHERE
from scrm.core.db import corp_schema, transaction
from scrm.core.paging import TOTAL_CAP
from scrm.customers.file.models import TEXT_VERSION
from scrm.customers.file.queries.people import customer_page
from scrm.customers.file.schemas import CustomerQuery
from scrm.identity.actor import Actor
from scrm.identity.models import Role
from scrm.identity.queries import staff_page
from scrm.identity.schemas import StaffQuery
from tests.support.database import owner
from tests.support.plans import Looked, looked

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
STAFF = 200
SHOWN = 50
_FAMILIES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文志海燕云飞雪梅兰竹菊春夏秋冬东南西北晨曦宇航"
_AFTER = ("", "", "", "装修", "茶叶", "二手房", "别墅", "母婴", "A店", "客户")
_PLACES = ("望京", "朝阳门", "五道口", "陆家嘴", "静安", "徐汇", "天河", "南山", "福田", "锦江", "渝中", "鼓楼")
_REMARKS = [f"{family}总-{place}" for family in _FAMILIES for place in _PLACES]
_NOTED = 5  # one customer of so many has a remark
_LETTERS = string.ascii_letters + string.digits + "-_"  # of WeCom's ids
_COLUMNS = (
    "external_userid, name, avatar, type, gender, position, corp_name, corp_full_name, first_added_at, updated_at,"
    " tag_ids, search_text, bigrams, text_version"
)
_BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def fill(corp: int, customers: int) -> dict[str, int]:
    """Customers with a name and a phone, one follower each, and an alert for every tenth; rows by table."""
    dice = random.Random(int(os.environ.get("SEED", "1")))  # nosec B311
    schema = corp_schema(corp)
    dropped = [f"DROP INDEX {schema}.ix_{table}_{name}" for table in ("customer", "alert") for name in _BUILT]
    with owner() as connection, connection.transaction():
        connection.execute("; ".join(dropped).encode())
        connection.execute(f"SET LOCAL search_path = {schema}; SET LOCAL maintenance_work_mem = '512MB'".encode())
        connection.execute(_STAFF.format(staff=STAFF).encode())
        with connection.cursor().copy(f"COPY customer ({_COLUMNS}) FROM STDIN".encode()) as copy:
            for row in _customers(dice, customers):
                copy.write_row(row)
        remarks = ", ".join(f"'{remark}'" for remark in _REMARKS)
        relations = _RELATIONS.format(staff=STAFF, remarks=remarks, noted=_NOTED, several=len(_REMARKS))
        connection.execute(relations.encode())
        connection.execute(_ALERTS.format(version=ALERT_VERSION).encode())
        built = [f"CREATE INDEX ix_{table}_bigrams ON {table} USING gin (bigrams)" for table in ("customer", "alert")]
        connection.execute("; ".join([*built, *_STALE, "ANALYZE"]).encode())
    return {"customer": customers, "follow_relation": customers, "alert": customers // 10}


_BUILT = ("bigrams", "stale_text")
_STALE = [
    f"CREATE INDEX ix_{table}_stale_text ON {table} (id) WHERE text_version < {version}"
    for table, version in (("customer", TEXT_VERSION), ("alert", ALERT_VERSION))
]
_STAFF = """
INSERT INTO staff (userid, name, alias, position, status, departments, leads, updated_at)
SELECT 'staff' || n, '成员' || n, '', '', 'active', '{{}}', '{{}}', now() FROM generate_series(1, {staff}) n
"""
_RELATIONS = """
INSERT INTO follow_relation (customer_id, staff_id, status, status_at, remark, description, remark_corp_name,
    remark_mobiles, state, oper_userid, tag_ids, personal_tags, added_at, search_text)
SELECT c.id, s.id, 'active', c.first_added_at, coalesce(n.remark, ''), '', '', '[]', '', '', '{{}}', '[]',
    c.first_added_at, split_part(c.search_text, E'\n\n', 2)
FROM customer c LEFT JOIN unnest(ARRAY[{remarks}]) WITH ORDINALITY n(remark, place)
    ON c.id % {noted} = 0 AND n.place = c.id / {noted} % {several} + 1
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM staff) s ON s.place = c.id % {staff}
"""
_ALERTS = """
INSERT INTO alert (kind, userid, external_userid, event_at, detected_by, staff_id, customer_id, state, snapshot,
    raised_at, updated_at, search_text, bigrams, text_version)
SELECT 'customer_left', s.userid, c.external_userid, c.first_added_at, 'callback', s.id, c.id, 'open',
    jsonb_build_object('customer_name', c.name, 'customer_avatar', '', 'staff_name', s.name, 'userid', s.userid,
        'tags', '[]'::jsonb), c.first_added_at, c.first_added_at, c.search_text, c.bigrams, {version}
FROM customer c JOIN follow_relation r ON r.customer_id = c.id JOIN staff s ON s.id = r.staff_id WHERE c.id % 10 = 0
"""


def _customers(dice: random.Random, count: int) -> Iterator[tuple[Any, ...]]:
    texts: dict[str, str] = {}
    for number in range(count):
        name = dice.choice(_FAMILIES) + "".join(dice.choices(_GIVEN, k=dice.choice((1, 2)))) + dice.choice(_AFTER)
        if name not in texts:
            texts[name] = search.text_by([name])
        own = "wm" + "".join(dice.choices(_LETTERS, k=30))
        (phone,) = search.phones_of([f"13{dice.randrange(10**9):09d}"])
        written = [phone]
        if (number + 1) % _NOTED == 0:
            remark = _REMARKS[(number + 1) // _NOTED % len(_REMARKS)]
            if remark not in texts:
                texts[remark] = search.text_by([remark])
            written.append(texts[remark])
        words = search.text_of_both("\n".join([texts[name], *search.ids_of(own)]), ["\n".join(written)])
        moment = (_BEGAN + dt.timedelta(seconds=number)).isoformat()
        codes = search.grams(words)
        yield own, name, "", 1, 0, "", "", "", moment, moment, [], words, codes, TEXT_VERSION


def searches(corp: int, sizes: dict[str, int]) -> Iterator[tuple[str, int, Looked]]:
    """What was asked, how many there are, and what was read."""
    everybody, seller = actor(corp, None), actor(corp, frozenset({1 + STAFF // 2}))
    with transaction(corp) as session:
        sample = session.execute(text("SELECT search_text, name FROM customer WHERE id = 777")).one()
        number = _phone(sample.search_text)
        asked: list[tuple[str, Any, Any]] = [
            ("一个词 / a word", everybody, CustomerQuery(q="王芳")),
            ("少见的词 / a rare word", everybody, CustomerQuery(q=sample.name)),
            ("一个字 / one character", everybody, CustomerQuery(q="王")),
            ("一个字 + 成员 / one character, one member's", everybody, CustomerQuery(q="王", userid="staff7")),
            ("一个字母 / one letter", everybody, CustomerQuery(q="w")),
            ("完整手机号 / a whole phone", everybody, CustomerQuery(q=number)),
            ("后四位 / last four digits", everybody, CustomerQuery(q=number[-4:])),
            ("拼音首字母 / initials", everybody, CustomerQuery(q="wxm")),
            ("拼音 / pinyin", everybody, CustomerQuery(q="zhangwei")),
            ("备注 / a remark", everybody, CustomerQuery(q=_REMARKS[77])),
            ("繁体 / traditional", everybody, CustomerQuery(q="張偉")),
            ("没有的 / nobody's", everybody, CustomerQuery(q="不存在的名字")),
            ("销售：一个词 / a seller's: a word", seller, CustomerQuery(q="王芳")),
            ("销售：一个字 / a seller's: one character", seller, CustomerQuery(q="王")),
        ]
        for what, who, query in asked:
            rows = customer_page(session, who, query)
            seen = looked(session, lambda a=who, q=query: customer_page(session, a, q), sizes)  # type: ignore[misc]
            yield what, rows.total, seen
        for what, words in (("告警：一个词 / alerts: a word", "王芳"), ("告警：拼音 / alerts: pinyin", "zhangwei")):
            wanted = AlertQuery(q=words)
            total = alert_page(session, everybody, wanted).total
            yield what, total, looked(session, lambda q=wanted: alert_page(session, everybody, q), sizes)  # type: ignore[misc]
        members = StaffQuery(q="cy7")
        total = staff_page(session, everybody, members).total
        yield "成员 / members", total, looked(session, lambda: staff_page(session, everybody, members), sizes)


def most(what: str, total: int, customers: int) -> int:
    """How many rows a search may read: 50 times what a page shows, or four times what counting to the total takes.

    One character of one member's customers: all of theirs, with the relation, once to count and once to show.
    """
    theirs = customers // STAFF if "一个字 + 成员" in what or "销售：一个字" in what else 0
    return max(50 * SHOWN, 4 * min(total, TOTAL_CAP + 1), 5 * theirs)


def _phone(words: str) -> str:
    line = next(line for line in words.split("\n") if line.startswith("\ue00a"))
    return "".join(str(ord(one) - 0xE000) for one in line.split("\ue00a")[1])


def actor(corp: int, scope: frozenset[int] | None) -> Actor:
    """Who sees the whole corp, or these members' customers."""
    return Actor(
        account_id=1,
        name="bench",
        display_name="bench",
        role=Role.ADMINISTRATOR if scope is None else Role.SALES,
        corp=corp,
        corp_id="",
        corp_name="",
        userid=None,
        scope=scope,
        csrf_token="",
        must_change_password=False,
        session_hash=None,
        source=NOWHERE,
    )


def report(corp: int, say: Callable[[str], None], customers: int = CUSTOMERS) -> int:
    """Print the table; how many searches read too much."""
    sizes = fill(corp, customers)
    wrong = 0
    for what, total, seen in searches(corp, sizes):
        missed = seen.rows > most(what, total, customers) or bool(seen.scanned)
        found = f"{total} of {customers}, {seen.rows} rows read, {seen.milliseconds:.1f} ms"
        scanned = f", whole tables: {', '.join(sorted(seen.scanned))}" if seen.scanned else ""
        say(f"{what} | {found}{scanned} | ≤ {most(what, total, customers)} rows | {'✗' if missed else '✓'}")
        wrong += missed
    return wrong


if __name__ == "__main__":
    from tests.bench.__main__ import _database, _say

    with _database() as number:
        sys.exit(1 if report(number, _say) else 0)
