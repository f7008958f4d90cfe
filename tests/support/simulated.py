"""The WeCom simulator as a process, and its control API."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import yaml

from scrm.runtime import child

Json = dict[str, Any]


@dataclass(frozen=True)
class Simulator:
    """The control API under ``/_sim``."""

    address: str
    http: requests.Session

    def call(self, verb: str, path: str, body: Json | None = None, **query: Any) -> Any:
        answer = self.http.request(verb, f"{self.address}/_sim{path}", json=body, params=query, timeout=30)
        assert answer.status_code < 300, f"{verb} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.text

    def create_corp(self, corp_id: str, **spec: Any) -> None:
        self.call("POST", "/corps", {"corp_id": corp_id, "name": f"测试企业 {corp_id}", **spec})

    def corp_file(self, corp_id: str) -> Json:
        values: Json = yaml.safe_load(self.call("GET", f"/corps/{corp_id}/corp.yaml"))
        return values

    def act(self, corp_id: str, verb: str, **arguments: Any) -> Json:
        """Play the world: what changed."""
        changed: Json = self.call("POST", f"/corps/{corp_id}/actions/{verb}", arguments)
        return changed

    def ledger(self, corp_id: str, method: str) -> list[Json]:
        """Every accepted API call of one method."""
        items: list[Json] = self.call("GET", f"/corps/{corp_id}/ledger", method=method, limit=1_000_000)["items"]
        return items

    def misfortunes(self, *rules: Json) -> None:
        self.call("PUT", "/misfortunes", {"seed": 1, "rules": list(rules)})


@contextmanager
def running() -> Iterator[Simulator]:
    """A simulator process of one's own."""
    process = subprocess.Popen(
        child.argv([sys.executable, "-m", "simulator", "--port", "0"]), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        session = requests.Session()
        session.trust_env = False
        yield Simulator(line.split()[-1], session)
    finally:
        process.kill()
        process.wait()
