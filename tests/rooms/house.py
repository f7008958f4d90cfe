"""One corp in a transaction that is rolled back: its work is done here, its pages are asked for without a port."""

import itertools
import json as json_text
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.event import Event
from scrm.core.outbox import OutboxRow, publish
from scrm.core.queue import turns
from scrm.core.queue.leased import LeaseActSettle
from scrm.core.queue.registry import Queue
from scrm.core.queue.rows import RowState
from scrm.identity import accounts
from scrm.identity.models import Role

_numbers = itertools.count(1)
_PASSWORD = "a-long-test-password"


@dataclass(frozen=True)
class Answer:
    """What a page answered, with the words of `requests`."""

    response: TestResponse

    @property
    def status_code(self) -> int:
        return self.response.status_code

    @property
    def ok(self) -> bool:
        return self.response.status_code < 400

    @property
    def content(self) -> bytes:
        return self.response.get_data()

    @property
    def text(self) -> str:
        return self.response.get_data(as_text=True)

    @property
    def headers(self) -> Any:
        return self.response.headers

    def json(self) -> Any:
        return json_text.loads(self.text)


@dataclass(frozen=True)
class Console:
    """A signed-in browser, as far as HTTP goes; the same words as `tests.support.service.Console`."""

    browser: FlaskClient
    csrf: str

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of a page that must answer 200."""
        answer = self.browser.get(f"/api/v1{path}", query_string=_shown(query))
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.get_data(as_text=True)[:300]}"
        return json_text.loads(answer.get_data())

    def status(self, method: str, path: str, body: Any = None, *, csrf: bool = True) -> Answer:
        """Any answer at all."""
        headers = {"X-CSRF-Token": self.csrf} if csrf else {}
        return Answer(self.browser.open(f"/api/v1{path}", method=method, json=body, headers=headers))


@dataclass(frozen=True)
class House:
    """The corp of one test; ``number`` names its schema."""

    number: int
    corp_id: str
    flask: Flask

    def tell(self, *events: Event) -> None:
        """These became true; everybody who listens hears of it, and of what comes of it."""
        with transaction(self.number) as session:
            publish(session, *events)
        self.deliver()

    def deliver(self) -> int:
        """Carry out all that is due but calls to WeCom; the number of rows. A listener that fails fails the test."""
        total = 0
        while taken := sum(self._round(lane) for lane in Lane):
            total += taken
        failed = self.rows(OutboxRow, (OutboxRow.attempts > 0) | (OutboxRow.state == RowState.PARKED))
        assert not failed, [(row.listener, row.reason) for row in failed]
        return total

    def _round(self, lane: Lane) -> int:
        due = [queue for queue in turns.due_queues(self.number, lane) if not _of_the_edge(queue)]
        return sum(queue.drain_batch(self.number, lane) for queue in due)

    def rows(self, model: type[Any], *where: Any) -> list[Any]:
        with transaction(self.number) as session:
            return list(session.scalars(select(model).where(*where).order_by(model.id)))

    def scalar(self, query: Callable[[Session], Any]) -> Any:
        with transaction(self.number) as session:
            return query(session)

    def console(self, role: Role, *, userid: str | None = None) -> Console:
        """A browser signed in with a new account of this role; ``userid`` is the member behind it."""
        name = f"{role.value}-{next(_numbers)}"
        accounts.create_account(name, role=role, corp_id=self.corp_id, userid=userid, password=_PASSWORD)
        browser = self.flask.test_client()
        answer = browser.post("/api/v1/session", json={"name": name, "password": _PASSWORD})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return Console(browser, json_text.loads(answer.get_data())["csrf_token"])

    def stranger(self) -> "FlaskClient":
        """A browser that has not signed in."""
        return self.flask.test_client()


def _of_the_edge(queue: Queue) -> bool:
    """These ask WeCom on threads of their own; what they bring in is handed in by `given.said` and `wecom.answered`."""
    return isinstance(queue, LeaseActSettle)


def _shown(query: dict[str, Any]) -> dict[str, Any]:
    """As `requests` writes a query: nothing of what is none, True as a word."""
    return {name: value for name, value in query.items() if value is not None}
