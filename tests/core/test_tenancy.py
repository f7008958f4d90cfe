"""One corp never sees another's rows, and a session without a corp sees nothing."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from scrm.core import audit, clock
from scrm.core.audit import AuditEvent, System
from scrm.core.db import (
    corp_schema,
    current_corp,
    database,
    enter_corp,
    lock_subject,
    platform_transaction,
    transaction,
)
from scrm.customers.tags.models import TagGroup
from scrm.identity.models import Account

TRANSACTIONS = 2_400
THREADS = 8


class Changed(Exception):
    """Somebody thought better of it."""


def _work(corps: list[int], seed: int) -> Counter[int]:
    """Write own rows into corps in random order, now and then roll back or come by the platform; committed rows."""
    dice, kept = random.Random(seed), Counter[int]()
    for number in range(TRANSACTIONS // THREADS):
        corp = dice.choice(corps)
        try:
            if dice.random() < 0.2:
                with platform_transaction() as session:
                    session.scalars(select(Account).limit(1)).all()
                    enter_corp(session, corp)
                    _write(session, corp, f"{seed}-{number}", dice)
            else:
                with transaction(corp) as session:
                    _write(session, corp, f"{seed}-{number}", dice)
        except Changed:
            continue
        kept[corp] += 1
    return kept


def _write(session: Session, corp: int, name: str, dice: random.Random) -> None:
    assert current_corp(session) == corp
    lock_subject(session, f"subject-{dice.randrange(5)}")
    session.execute(insert(TagGroup).values(group_id=f"{corp}:{name}", name=f"corp {corp}", position=0))
    owners = set(session.scalars(select(TagGroup.name)))
    assert owners == {f"corp {corp}"}
    if dice.random() < 0.1:
        raise Changed()


def test_twenty_corps_interleaved_never_meet(twenty: list[int]) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        kept = sum(pool.map(lambda seed: _work(twenty, seed), range(THREADS)), Counter[int]())
    assert kept.total() > TRANSACTIONS * 0.8
    for corp in twenty:
        with transaction(corp) as session:
            assert session.scalar(select(func.count()).select_from(TagGroup)) == kept[corp]


def refusal(error: pytest.ExceptionInfo[ProgrammingError]) -> str:
    return type(error.value.orig).__name__


def test_session_without_a_corp_has_no_tables(bare: int) -> None:
    with Session(database.engine) as session, pytest.raises(ProgrammingError) as error:
        session.scalars(select(TagGroup)).all()
    assert refusal(error) == "UndefinedTable"
    with Session(database.engine) as session, pytest.raises(ProgrammingError) as error:
        session.scalars(select(Account)).all()
    assert refusal(error) == "InsufficientPrivilege"


def test_connection_forgets_its_corp_with_the_transaction(bare: int) -> None:
    for _ in range(20):
        with transaction(bare) as session:
            assert session.scalar(text("SELECT current_user")) == corp_schema(bare)
        with Session(database.engine) as plain:
            assert plain.scalar(text("SELECT current_user")) == "scrm_app"
            assert plain.scalar(text("SHOW search_path")) != corp_schema(bare)


def test_schema_of_another_corp_is_out_of_reach(twenty: list[int]) -> None:
    own, other = twenty[:2]
    for statement in ("SELECT * FROM {}.tag_group", "INSERT INTO {}.tag_group VALUES ()", "DELETE FROM {}.tag_group"):
        if "INSERT" in statement:
            statement = "INSERT INTO {}.tag_group (group_id, name, position) VALUES ('x', 'x', 0)"
        with pytest.raises(ProgrammingError) as error, transaction(own) as session:
            session.execute(text(statement.format(corp_schema(other))))
        assert refusal(error) == "InsufficientPrivilege"


def test_corp_reads_no_platform_table_and_the_platform_no_corp(bare: int) -> None:
    with pytest.raises(ProgrammingError) as error, transaction(bare) as session:
        session.scalars(select(Account)).all()
    assert refusal(error) == "InsufficientPrivilege"
    with pytest.raises(ProgrammingError) as error, platform_transaction() as session:
        session.execute(text(f"SELECT * FROM {corp_schema(bare)}.tag_group"))
    assert refusal(error) == "InsufficientPrivilege"


@pytest.mark.parametrize("statement", ["UPDATE {} SET verb = 'x'", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"])
def test_audit_trail_only_grows(bare: int, statement: str) -> None:
    with transaction(bare) as session:
        audit.record(session, System.COMMAND_LINE, "thing.done", "thing:1", {"count": 1})
    for table in ("audit_event", f"audit_event_{clock.now():%Y%m}"):
        with pytest.raises(ProgrammingError) as error, transaction(bare) as session:
            session.execute(text(statement.format(table)))
        assert refusal(error) == "InsufficientPrivilege"
    with transaction(bare) as session:
        assert session.scalars(select(AuditEvent.verb).where(AuditEvent.subject == "thing:1")).first() == "thing.done"


def test_failing_statement_does_not_tell_what_it_was_given(bare: int) -> None:
    with pytest.raises(DBAPIError) as caught, transaction(bare) as session:
        session.execute(text("SELECT 1 / 0, CAST(:name AS text)"), {"name": "a customer's name"})
    assert "customer's" not in str(caught.value)
