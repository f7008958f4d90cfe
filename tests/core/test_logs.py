"""What is logged of a failing statement holds no value of a row."""

import logging
import sys

import pytest
from sqlalchemy import text

from scrm.core import logs
from scrm.core.db import corp_schema, transaction
from tests.support.database import owner

NAME = "张三的备注"


def failing(bare: int, statement: str) -> str:
    """The trace of a statement that fails, with a cause on top as the service raises it."""
    try:
        try:
            with transaction(bare) as session:
                session.execute(text(statement), {"name": NAME})
        except Exception as error:
            raise RuntimeError("could not be kept") from error
    except RuntimeError:
        return logs.told(sys.exc_info())
    raise AssertionError("it holds")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO tag_group (group_id, name, position) VALUES (:name, :name, 0), (:name, 'x', 0)",
        "INSERT INTO tag_group (group_id, name, position) VALUES (:name, NULL, 0)",
        "SELECT CAST(CAST(:name AS text) AS bigint)",
        "SELECT CAST(CAST(:name AS text) AS timestamptz)",
        "SELECT CAST(CAST(:name AS text) AS jsonb)",
    ],
)
def test_trace_of_a_statement_holds_no_value(bare: int, statement: str) -> None:
    trace = failing(bare, statement)
    assert NAME not in trace and "DETAIL" not in trace
    assert "could not be kept" in trace and "tests/core/test_logs.py" in trace
    assert statement.partition(" ")[0] in trace


def test_library_that_logs_holds_no_value_either(bare: int) -> None:
    with pytest.raises(Exception) as caught, transaction(bare) as session:
        session.execute(text("SELECT CAST(CAST(:name AS text) AS bigint)"), {"name": NAME})
    info = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("rq", logging.ERROR, __file__, 1, "job failed", (), info)
    line = logs._Formatter("%(message)s").format(record)
    assert line.startswith("job failed") and NAME not in line and "InvalidTextRepresentation" in line


def test_copy_of_a_broken_line_is_not_repeated(bare: int) -> None:
    with owner() as connection:
        try:
            with connection.cursor().copy(
                f"COPY {corp_schema(bare)}.tag_group (group_id, name, position) FROM STDIN"
            ) as copy:
                copy.write(f"g\t{NAME}\t{NAME}\n")
        except Exception:
            trace = logs.told(sys.exc_info())
    assert NAME not in trace and "InvalidTextRepresentation" in trace


def test_other_errors_are_told_whole() -> None:
    try:
        raise ValueError("a sentence")
    except ValueError:
        assert "ValueError: a sentence" in logs.told(sys.exc_info())
