"""Why a row of work failed, in words that repeat nobody's: it stands on a page and in the log."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from scrm.core.db import is_transient, transaction
from scrm.core.errors import NotFound
from scrm.core.queue.rows import reason
from tests.support.service import TestCorp as Corp

SECRET = "王总 13800138000"


class Number(BaseModel):
    number: int


@pytest.mark.parametrize(
    "fail",
    [
        lambda: int(SECRET),
        lambda: dict[str, str]()[SECRET],
        lambda: Number.model_validate({"number": SECRET}),
        lambda: dt.date.fromisoformat(SECRET),
        lambda: SECRET.encode("ascii"),
    ],
)
def test_words_of_others_are_not_repeated(fail: Callable[[], Any]) -> None:
    with pytest.raises(Exception) as caught:
        fail()
    said = reason(caught.value)
    assert said.startswith(type(caught.value).__name__)
    assert not any(part in said for part in ("王总", "1380", "8000"))


def test_sentence_of_ours_is_said_whole() -> None:
    assert reason(NotFound()) == f"not_found: {NotFound().sentence}"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (f"SELECT CAST('{SECRET}' AS int)", "invalid input syntax for type integer"),
        ("INSERT INTO customer (name) VALUES ('x')", "null value in column"),
        ("SELECT 1 / 0", "division by zero"),
        (f"SELECT '{SECRET}'::uuid", "invalid input syntax for type uuid"),
    ],
)
def test_postgresql_s_sentence_is_said_without_what_it_quotes(corp: Corp, statement: str, said: str) -> None:
    with pytest.raises(DBAPIError) as caught, transaction(corp.number) as session:
        session.execute(text(statement.replace(":", r"\:")))
    assert said in reason(caught.value)
    assert "王总" not in reason(caught.value) and "8000" not in reason(caught.value)


def test_statement_that_cannot_be_sent_does_not_pass_by_itself(bare: int) -> None:
    """PostgreSQL's protocol takes 65,535 values: whoever waits for that to pass waits for ever."""
    numbers = ", ".join(f":n{number}" for number in range(66_000))
    with pytest.raises(OperationalError) as caught, transaction(bare) as session:
        session.execute(text(f"SELECT 1 WHERE 1 IN ({numbers})"), {f"n{number}": 0 for number in range(66_000)})
    assert not is_transient(caught.value)
