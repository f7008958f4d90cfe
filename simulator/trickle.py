"""Life in the demo: now and then somebody adds, edits, deletes, leaves a group."""

import contextlib
import threading
from random import Random

from simulator import archive, names, small_talk
from simulator.callbacks import verify
from simulator.play import BadAction, act
from simulator.state import Simulator
from simulator.world import Corp, Follow, Json

_MIX = (("chat", 130), ("add", 40), ("edit", 34), ("leaves", 8), ("deletes", 4), ("joins", 9), ("quits", 5))


class Trickle:
    """A thread that plays one small event at a time, on average ``per_minute`` a minute and corp."""

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim
        self._random = Random()
        self._wake = threading.Event()
        self._started = False
        self._heard: set[str] = set()
        self.on = False
        self.per_minute = 6.0
        self.corp_id = ""  # empty: every corp

    def set(self, *, on: bool, per_minute: float, corp_id: str) -> None:
        self.on, self.per_minute, self.corp_id = on, per_minute, corp_id
        if on and not self._started:
            self._started = True
            threading.Thread(target=self._run, daemon=True, name="trickle").start()
        self._wake.set()

    def show(self) -> Json:
        return {"on": self.on, "per_minute": self.per_minute, "corp_id": self.corp_id}

    def _run(self) -> None:
        while True:
            self._wake.wait(self._random.expovariate(self.per_minute / 60) if self.on else None)
            if self._wake.is_set():
                self._wake.clear()
                continue
            for corp_id, corp in list(self._sim.corps.items()):
                sender = self._sim.senders.get(corp_id)
                if sender is None or (self.corp_id and self.corp_id != corp_id) or not self._is_heard(corp):
                    continue
                for _ in range(5):  # a draw that cannot be played is drawn again
                    with contextlib.suppress(BadAction, IndexError, KeyError):
                        verb, values = _draw(corp, self._random)
                        act(corp, sender, verb, values)
                        break

    def _is_heard(self, corp: Corp) -> bool:
        """Whether all callback addresses have answered once: nobody lives before the service is connected."""
        if corp.corp_id not in self._heard:
            listening = [app for app in corp.apps.values() if app.callback_url]
            if all(verify(corp.corp_id, app)["ok"] for app in listening):
                self._heard.add(corp.corp_id)
        return corp.corp_id in self._heard


def _draw(corp: Corp, random: Random) -> tuple[str, Json]:
    with corp.lock:
        kind = random.choices([kind for kind, _ in _MIX], [weight for _, weight in _MIX])[0]
        sellers = [row for row in corp.staff.values() if corp.member(row.userid) and row.customer_contact]
        follow = random.choice(list(corp.follows.values()))
        groups = [row for row in corp.groups.values() if not row.dismissed]
    if kind == "chat":
        if archive.of(corp) is None:
            raise BadAction("this corp has no archive")
        return "send_message", small_talk.line(random, _somebody_talking(corp, random, follow))
    pair = {"userid": follow.userid, "external_userid": follow.external_userid}
    if kind == "add":
        return "add_contact", {
            "userid": random.choice(sellers).userid,
            "state": random.choice(("", "expo2026", "store_xuhui", "video_live")),
            "gender": random.choice((0, 1, 2)),
        }
    if kind == "edit":
        tags = [tag.id for one in corp.tag_groups.values() for tag in one.living()]
        remark = names.remark(random, corp.customers[follow.external_userid].name)
        return "edit_contact", {**pair, "remark": remark, "add_tags": [random.choice(tags)]}
    if kind in ("leaves", "deletes"):
        return ("customer_deletes" if kind == "leaves" else "delete_contact"), pair
    group = random.choice(groups)
    if kind == "joins":
        return "add_group_members", {
            "chat_id": group.chat_id,
            "members": [follow.external_userid],
            "join_scene": random.choice((0, 3)),
        }
    out = random.choice([member.userid for member in group.members if member.type == 2])
    return "remove_group_members", {"chat_id": group.chat_id, "members": [out]}


def _somebody_talking(corp: Corp, random: Random, other: Follow) -> Follow:
    """Mostly a pair that talked a moment ago, so that chats are more than one line."""
    store = archive.of(corp)
    latest = [row for row in list(store.said.values())[-12:] if not row.get("roomid")] if store is not None else []
    for row in random.sample(latest, len(latest)) if random.random() < 0.75 else []:
        ends = (row.get("from", ""), *row.get("tolist", [])[:1])
        for userid, external_userid in (ends, ends[::-1]) if len(ends) == 2 else ():
            known = corp.relation(userid, external_userid)
            if known is not None:
                return known
    return other
