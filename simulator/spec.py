"""Corps from and to files: the spec the control API takes, and the YAML that ``scrm corp apply`` takes."""

import secrets
import string
from dataclasses import fields
from typing import Any

import yaml

from simulator import archive, demo
from simulator.habits import Habits
from simulator.population import counts, populate
from simulator.world import App, Corp, Customer, Department, Json, Staff

_LETTERS = string.ascii_letters + string.digits
_KEYS = {"corp_id", "name", "apps", "departments", "staff", "customers", "population", "habits", "demo", "seed"} | {
    "archive",
    "archive_keys",
    "epoch",
}


class BadSpec(ValueError):
    """A spec that cannot be built; the message is one sentence."""


def complete(spec: Json) -> Json:
    """Check a spec and fill in what it leaves out, secrets included, so that building it again gives the same corp."""
    unknown = set(spec) - _KEYS
    if unknown or not isinstance(spec.get("corp_id"), str) or not spec["corp_id"]:
        raise BadSpec(f"a spec has corp_id and optionally {', '.join(sorted(_KEYS - {'corp_id'}))}")
    if not isinstance(spec.get("epoch", 0.0), float | int):
        raise BadSpec("epoch is a number of seconds")
    apps = spec.get("apps") or demo.APPS
    made = [_complete_app(row, number) for number, row in enumerate(apps)]
    if len({row["key"] for row in made}) != len(made):
        raise BadSpec("two apps have the same key")
    whole = {"name": spec["corp_id"], **spec, "apps": made}
    if spec.get("archive"):
        if not any(row["kind"] == "archive" for row in made):
            made.append(_complete_app({"key": "archive", "kind": "archive", "name": "会话内容存档"}, 0))
        whole.setdefault("archive_keys", [archive.make_key_row(1)])
    return whole


def build(spec: Json, epoch: float, *, callback_base: str = "") -> Corp:
    """Make the corp of a completed spec as of ``epoch``; `BadSpec` if a part of it is wrong."""
    habits = make_habits(spec.get("habits", {}))
    corp = Corp(spec["corp_id"], spec["name"], seed=spec.get("seed", 1), habits=habits)
    for row in spec["apps"]:
        app: App = _make(App, row)
        if callback_base and not app.callback_url:
            app.callback_url = f"{callback_base}/wecom/callback/{corp.corp_id}/{app.key}"
        corp.put(app)
    if spec.get("archive"):
        archive.open_archive(corp, spec["archive_keys"])
    if spec.get("demo"):
        demo.furnish(corp, epoch)
    elif "population" in spec:
        try:
            wanted = counts(spec["population"])
        except ValueError as problem:
            raise BadSpec(str(problem)) from None
        populate(corp, **wanted, epoch=epoch)
    if 1 not in corp.departments:
        corp.put(Department(1, corp.name, 0))
    for name, kind in (("departments", Department), ("staff", Staff), ("customers", Customer)):
        for row in spec.get(name, []):
            corp.put(_make(kind, row))
    return corp


def make_habits(given: Json) -> Habits:
    """Read the habits of a spec; `BadSpec` for a field there is not."""
    habits: Habits = _make(Habits, given)
    habits.retry_seconds = tuple(habits.retry_seconds)
    return habits


_WELCOME = "您好，我是{员工姓名}，很高兴认识您！有任何问题都可以直接在这里联系我。"


def corp_yaml(corp: Corp, api_base: str) -> str:
    """The file that ``scrm corp apply`` takes."""
    apps: list[Json] = []
    for app in corp.apps.values():
        if app.kind == "archive":
            continue
        row: Json = {"key": app.key, "kind": app.kind}
        row |= {"agent_id": app.agent_id} if app.agent_id is not None else {}
        apps.append({**row, "secret": app.secret, "token": app.token, "aes_key": app.aes_key})
    file: Json = {"corp_id": corp.corp_id, "name": corp.name, "api_base": api_base, "apps": apps}
    file["welcome"] = {"text": _WELCOME}
    store, door = archive.of(corp), corp.apps.get("archive")
    if store is not None and door is not None:
        keys = [{"version": pair.version, "private_key": pair.pem} for pair in store.keys if not pair.withheld]
        credentials = {"secret": door.secret, "token": door.token, "aes_key": door.aes_key}
        file["archive"] = {**credentials, "keys": keys}
    return yaml.safe_dump(file, allow_unicode=True, sort_keys=False)


def _complete_app(row: Json, number: int) -> Json:
    if not isinstance(row, dict) or not isinstance(row.get("key"), str):
        raise BadSpec("every app needs a key")
    kind = row.get("kind", "app")
    if kind not in ("app", "contact_sync", "archive"):
        raise BadSpec("an app's kind is app, contact_sync or archive")
    filled = {"secret": _random(43), "token": _random(24), "aes_key": _random(42) + secrets.choice("AEIMQUYcgkosw048")}
    agent = {"agent_id": 1000002 + number} if kind == "app" else {}
    return {**filled, **agent, **row, "kind": kind}


def _make(kind: type[Any], row: Json) -> Any:
    if not isinstance(row, dict):
        raise BadSpec(f"{kind.__name__} must be an object")
    try:
        return kind(**row)
    except TypeError:
        known = ", ".join(one.name for one in fields(kind))
        raise BadSpec(f"{kind.__name__} takes {known}") from None


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
