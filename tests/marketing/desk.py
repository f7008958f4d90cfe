"""A marketer at work: drafts, submits, and looks at what came of it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from scrm.core import clock
from scrm.identity.models import Role
from tests.support.moved_clock import later
from tests.support.service import Console
from tests.support.service import TestCorp as Corp
from tests.support.simulated import Json

EVERYBODY: Json = {"everyone": True}
ADD = "externalcontact/add_msg_template"


@dataclass
class Desk:
    """One corp with a signed-in marketer."""

    corp: Corp
    console: Console

    def draft(self, **values: Any) -> Json:
        body = {"title": "双十一预告", "text": "您好，新品已到店。", "audience": EVERYBODY, **values}
        answer = self.console.status("POST", "/broadcasts", body)
        assert answer.status_code == 201, answer.text
        made: Json = answer.json()
        return made

    def ask(self, path: str, body: Json | None = None) -> Json:
        """A POST that must go well."""
        answer = self.console.status("POST", path, body or {})
        assert answer.status_code < 300, answer.text
        made: Json = answer.json()
        return made

    def send(self, **values: Any) -> int:
        """A broadcast whose tasks all stand at WeCom."""
        number: int = self.draft(**values)["id"]
        self.ask(f"/broadcasts/{number}/submit")
        self.corp.drain()
        return number

    def detail(self, number: int) -> Json:
        found: Json = self.console.get(f"/broadcasts/{number}")
        return found

    def report(self, number: int) -> Json:
        """The report without zeros; it must add up."""
        report: Json = self.detail(number)["report"]
        assert sum(report.values()) == 2 * report["audience"], report
        return {name: count for name, count in report.items() if count}

    def poll(self, number: int) -> None:
        """Read the results as if somebody pressed the button, a little later."""
        with later(5):
            self.ask(f"/broadcasts/{number}/refresh")
            self.corp.drain()

    def confirm(self, **values: Any) -> None:
        self.corp.act("confirm_group_messages", **values)

    def messages(self, *, recipients: bool = False) -> list[Json]:
        query: Json = {"recipients": 1} if recipients else {}
        items: list[Json] = self.corp.sim.call(
            "GET", f"/corps/{self.corp.corp_id}/group_messages", limit=1000, **query
        )["items"]
        return items

    def recipients(self, number: int, **query: Any) -> list[Json]:
        """All pages."""
        found: list[Json] = []
        cursor: Json = {}
        while True:
            page = self.console.get(f"/broadcasts/{number}/recipients", **query, **cursor)
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    def habits(self, **values: Any) -> None:
        self.corp.sim.call("PUT", f"/corps/{self.corp.corp_id}/habits", values)

    def fails(self, kind: str, *, match: str = ADD, **rule: Any) -> None:
        self.corp.sim.misfortunes({"match": match, "kind": kind, "corp_id": self.corp.corp_id, **rule})


def open_desk(corp: Corp) -> Desk:
    corp.sim.call("PUT", f"/corps/{corp.corp_id}/habits", {"dispatch_seconds": 0, "group_send_seconds": 0})
    return Desk(corp, corp.console(Role.MARKETER))


def soon(**delta: float) -> str:
    return (clock.now() + dt.timedelta(**delta)).isoformat()
