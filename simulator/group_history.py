"""What really happened in each group, as nobody is told it: what a client concluded can be held against this.

A line is ``{at, kind, userid?, join_scene?, invitor?, quit_scene?, before?, after?}``; ``kind`` and scenes are those of
the detail (1, 2, 3 where the event says 0, 0, 3). In memory only, from the start of the process on.
"""

from collections import defaultdict
from typing import Any

from simulator.world import Corp, Group, GroupMember, Json


def note(corp: Corp, group: Group, kind: str, at: int, **facts: Any) -> None:
    """Something happened to the group; facts that are none are left out."""
    told = {name: value for name, value in facts.items() if value is not None}
    _all(corp)[group.chat_id].append({"at": at, "kind": kind, **told})


def note_join(corp: Corp, group: Group, member: GroupMember, at: int) -> None:
    note(
        corp,
        group,
        "member_joined",
        at,
        userid=member.userid,
        join_scene=member.join_scene,
        invitor=member.invitor or None,
    )


def note_value(corp: Corp, group: Group, kind: str, at: int, *, before: str, after: str) -> None:
    """Owner, name or notice became another; the same again is no change."""
    if before != after:
        note(corp, group, kind, at, before=before, after=after)


def of(corp: Corp, chat_id: str) -> list[Json]:
    """What happened to a group, oldest first."""
    return list(_all(corp)[chat_id])


def _all(corp: Corp) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = corp.room.setdefault("group_history", defaultdict(list))
    return found
