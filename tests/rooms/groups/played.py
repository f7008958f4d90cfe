"""Groups of the simulator played for days of a moved clock, and the weather that their callbacks go through."""

import heapq
import itertools
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from types import SimpleNamespace
from typing import Any

from scrm.core import clock
from scrm.core.db import transaction
from scrm.customers.groups.actions import groups
from scrm.customers.groups.handlers.callbacks import group_chat_changed
from scrm.wecom.callback_events import translate
from scrm.wecom.client.contacts import GroupChatsClient
from scrm.wecom.xml import parse, text_of
from simulator import group_history, spec
from simulator.groups import _detail
from simulator.play import act
from simulator.world import Corp, Group
from tests.rooms.house import House
from tests.support.moved_clock import _move

Json = dict[str, Any]
DAY = 86_400
LAG = 2.0  # seconds for which WeCom goes on answering the old detail


@dataclass(frozen=True, kw_only=True)
class Weather:
    """Shares of callbacks: lost for every app, lost for one, sent twice, late by up to ten minutes."""

    lost: float = 0.0
    lost_for_one: float = 0.0
    twice: float = 0.3
    late: float = 0.3


@dataclass
class Play:
    """A corp of the simulator whose callbacks and answers go to the room by themselves."""

    house: House
    weather: Weather
    groups: int
    random: Random = field(default_factory=lambda: Random(7))

    def __post_init__(self) -> None:
        apps = [{"key": key, "callback_url": "http://x"} for key in ("customer", "second")]
        staff = [{"userid": f"s{one}", "name": f"员工{one}", "department": [1]} for one in range(8)]
        customers = [{"external_userid": f"wm{one}", "name": f"客户{one}"} for one in range(40)]
        made = spec.complete({"corp_id": "wplayed", "apps": apps, "staff": staff, "customers": customers})
        self.corp: Corp = spec.build({**made, "habits": {"group_lag_seconds": 0}}, 0.0)
        self.told: dict[str, list[Json]] = defaultdict(list)  # by group: what reached us
        self.read: dict[str, list[float]] = defaultdict(list)  # by group: what moment of it an answer showed
        self._ahead = 0.0
        self._due: list[tuple[float, int, Any]] = []
        self._numbers = itertools.count()
        self._sent: list[tuple[str, bytes]] = []
        self._old: dict[str, tuple[float, Group]] = {}

    def __enter__(self) -> "Play":
        return self

    def __exit__(self, *_: object) -> None:
        _move(-self._ahead)

    def send(self, app: Any, xml: bytes, **_: Any) -> None:
        """What the simulator takes for its sender."""
        self._sent.append((app.key, xml))

    def days(self, number: int, *, a_day: float = 1.0) -> None:
        """So many days, with so many changes a group and day; then a sync finds what nobody told."""
        begin = clock.now().timestamp()
        first = self._act("create_group", owner="s0", name="群0")["chat_id"]
        self._until(begin + 10)
        self.sync()  # the corp is connected: its log begins
        self._until(begin + 20)
        made = (self._act("create_group", owner=f"s{one % 8}", name=f"群{one}") for one in range(1, self.groups))
        chats = [first, *(group["chat_id"] for group in made)]
        changes = round(self.groups * number * a_day)
        for at in sorted(begin + 60 + self.random.random() * (number * DAY - 60) for _ in range(changes)):
            self._until(at)
            self._change(self.random.choice(chats))
        self._until(begin + number * DAY + 3_600)
        self.sync()
        self.house.deliver()

    def sync(self) -> None:
        """Each group is asked for, as a sync does that lists them."""
        for chat_id in sorted(self.corp.groups):
            self._look(chat_id, is_sync=True)

    def journal(self, chat_id: str) -> list[Json]:
        return group_history.of(self.corp, chat_id)

    def _change(self, chat_id: str) -> None:
        group = self.corp.groups[chat_id]
        if group.dismissed:
            return
        present = [one.userid for one in group.members]
        others = [
            one
            for one in (*self.corp.customers, *(row.userid for row in self.corp.staff.values()))
            if one not in present
        ]
        staff = [one.userid for one in group.members if one.type == 1 and one.userid != group.owner]
        choice = self.random.random()
        some = self.random.randint(1, 3)
        if choice < 0.4 or len(present) < 3:
            scene = self.random.choice((0, 3))
            who = self.random.sample(others, min(some, len(others)))
            self._act(
                "add_group_members",
                chat_id=chat_id,
                members=who,
                join_scene=scene,
                invitor=group.owner if not scene else "",
            )
        elif choice < 0.75:
            out = self.random.sample([one for one in present if one != group.owner], min(some, len(present) - 1))
            self._act("remove_group_members", chat_id=chat_id, members=out, quit_scene=self.random.randint(0, 1))
        elif choice < 0.83 and staff:
            self._act("change_group_owner", chat_id=chat_id, owner=self.random.choice(staff))
        elif choice < 0.98:
            what = self.random.choice(("name", "notice"))
            self._act("update_group", chat_id=chat_id, **{what: f"{what}{next(self._numbers)}"})
        else:
            self._act("dismiss_group", chat_id=chat_id)

    def _act(self, verb: str, **arguments: Any) -> Json:
        chat_id = arguments.get("chat_id")
        now = clock.now().timestamp()
        if chat_id is not None:
            kept = self._old.get(chat_id)
            before = kept[1] if kept is not None and now < kept[0] + LAG else deepcopy(self.corp.groups[chat_id])
            self._old[chat_id] = (now, before)
        changed = act(self.corp, self, verb, {**arguments, "at": int(now)})  # type: ignore[arg-type]
        is_lost = self.random.random() < self.weather.lost
        for app, xml in self._sent:
            if is_lost or self.random.random() < self.weather.lost_for_one:
                continue
            for _ in range(1 + (self.random.random() < self.weather.twice)):
                delay = self.random.random() * (600 if self.random.random() < self.weather.late else 1)
                self._later(now + delay, (app, xml))
        self._sent.clear()
        return changed

    def _later(self, at: float, what: Any) -> None:
        heapq.heappush(self._due, (at, next(self._numbers), what))

    def _until(self, at: float) -> None:
        """Time goes on, and what comes in it is carried out."""
        while self._due and self._due[0][0] <= at:
            due, _, what = heapq.heappop(self._due)
            self._wait(due)
            if isinstance(what, str):
                self._look(what)
            else:
                self._hear(*what)
        self._wait(at)

    def _wait(self, at: float) -> None:
        ahead = at - clock.now().timestamp()
        if ahead > 0:
            _move(ahead)
            self._ahead += ahead

    def _hear(self, app: str, xml: bytes) -> None:
        fields = parse(xml)
        event = translate(fields, app=app, received_at=clock.now())
        with transaction(self.house.number) as session:
            group_chat_changed(session, event)  # type: ignore[arg-type]
        self.told[text_of(fields, "ChatId")].append(fields)
        # The service asks three seconds later; another of its calls may have left at any time.
        now = clock.now().timestamp()
        self._later(now + self.random.choice((0.2, 3.0, 3.0)), text_of(fields, "ChatId"))
        self._later(now + 3.0, text_of(fields, "ChatId"))

    def _look(self, chat_id: str, *, is_sync: bool = False) -> None:
        group, now = self.corp.groups[chat_id], clock.now()
        with transaction(self.house.number) as session:
            if group.dismissed:
                groups.dissolve(session, chat_id, at=now)
                return
            changed_at, old = self._old.get(chat_id, (0.0, group))
            is_old = now.timestamp() < changed_at + LAG
            shown = old if is_old and not is_sync else group
            self.read[chat_id].append(now.timestamp() if shown is group else changed_at - 1)
            answer = {"group_chat": _detail(shown, True)}
            told = GroupChatsClient(_answering(answer)).get_group_chat(chat_id=chat_id)
            groups.take(session, told, status=0 if is_sync else None, asked_at=now)


def _answering(answer: Json) -> Any:
    return lambda: (None, SimpleNamespace(ask=lambda *_, **__: answer))
