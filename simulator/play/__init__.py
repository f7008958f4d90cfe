"""Playing the world: what people do in the WeCom client and the admin console. Unlike API writes these send events.

Each verb is a function ``(stage, args) -> what changed``; the module of its noun registers it with `verb`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from simulator.callbacks import Sender
from simulator.world import App, Corp, Follow, Json, Staff


class BadAction(Exception):
    """An action that cannot be done; the message is the sentence for the player."""


@dataclass
class Args:
    """The JSON arguments of an action, read strictly."""

    values: Json

    def text(self, name: str, default: str | None = None) -> str:
        value = self.values.get(name, default)
        if not isinstance(value, str) or (default is None and not value):
            raise BadAction(f"{name} must be a string")
        return value

    def number(self, name: str, default: int | None = None) -> int:
        value = self.values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise BadAction(f"{name} must be an integer")
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise BadAction(f"{name} must be true or false")
        return value

    def texts(self, name: str) -> list[str]:
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise BadAction(f"{name} must be a list of strings")
        return value

    def numbers(self, name: str) -> list[int]:
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
            raise BadAction(f"{name} must be a list of integers")
        return value

    def has(self, name: str) -> bool:
        return name in self.values


@dataclass
class Stage:
    """Where an action plays: a corp, its sender, and the time it is said to happen."""

    corp: Corp
    sender: Sender
    quiet: bool = False  # change the world without sending events
    at: int | None = None

    @property
    def now(self) -> int:
        return int(self.corp.now()) if self.at is None else self.at

    def staff(self, userid: str) -> Staff:
        member = self.corp.member(userid)
        if member is None:
            raise BadAction(f"no member {userid} in service")
        return member

    def relation(self, args: Args) -> Follow:
        staff, external_userid = self.staff(args.text("userid")), args.text("external_userid")
        row = self.corp.relation(staff.userid, external_userid)
        if row is None:
            raise BadAction(f"{staff.userid} does not follow {external_userid}")
        return row

    def app(self, key: str) -> App:
        if key not in self.corp.apps:
            raise BadAction(f"no app {key}")
        return self.corp.apps[key]


Verb: TypeAlias = Callable[[Stage, Args], Json]
VERBS: dict[str, Verb] = {}


def verb(play: Verb) -> Verb:
    """Register an action under its function's name."""
    VERBS[play.__name__] = play
    return play


def act(corp: Corp, sender: Sender, name: str, values: Json) -> Json:
    """Play one action under the corp's lock; `BadAction` if it is unknown or impossible.

    ``at`` among its values is when it is said to happen, in Unix seconds.
    """
    play = VERBS.get(name)
    if play is None:
        raise BadAction(f"unknown action {name}; there are {', '.join(sorted(VERBS))}")
    args = Args(values)
    with corp.lock:
        at = args.number("at") if args.has("at") else None
        return play(Stage(corp, sender, quiet=args.flag("quiet", False), at=at), args)
