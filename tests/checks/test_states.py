"""States are written in one place per noun, which asks the table of moves; whatever else assigns one is found here."""

import ast
import re
from pathlib import Path

import pytest

import scrm
from scrm.compliance.handovers import states as handovers
from scrm.compliance.handovers.models import HandoverState, ItemState
from scrm.compliance.handovers.models import SliceState as HandoverSliceState
from scrm.core.transitions import SERVICE, Transitions
from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts import states as broadcasts
from scrm.marketing.broadcasts.models import BroadcastState
from scrm.marketing.broadcasts.models import SliceState as BroadcastSliceState

_HOUSE = Path(scrm.__file__).parent
_ROOMS = ("marketing/broadcasts", "compliance/handovers")
_NOUNS = {"Broadcast", "BroadcastSlice", "Handover", "HandoverSlice", "HandoverItem"}
_SQL = re.compile(  # an UPDATE, or the part of an INSERT that changes a row that is there
    r"\b(?:update|insert\s+into)\s+(?:broadcast|broadcast_slice|handover|handover_slice|handover_item)\b"
    r".*?\bset\b(?:(?!\bwhere\b).)*?(?<![.\w])(?:state|\(state\))\s*=",
    re.IGNORECASE | re.DOTALL,
)
_TABLES = (broadcasts.BROADCASTS, broadcasts.SLICES, handovers.HANDOVERS, handovers.SLICES, handovers.ITEMS)


def written(source: str) -> list[int]:
    """The lines in which a state is assigned: to an attribute, by `setattr`, or in an UPDATE of one of the nouns."""
    found = []
    for node in ast.walk(ast.parse(source)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setattr":
            found += [node.lineno] if ast.unparse(node.args[1]) in {"'state'", "'status'"} else []
        parts = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Attribute)]
        found += [part.lineno for part in parts if part.attr in {"state", "status"}]
    return found + updated(source)


def updated(source: str) -> list[int]:
    """The lines of an UPDATE of one of the nouns that writes a state, by SQLAlchemy or as text."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.search(node.value):
            found.append(node.lineno)
        elif isinstance(node, ast.Call):
            named = {word.arg for word in node.keywords} | {
                key.attr if isinstance(key, ast.Attribute) else getattr(key, "value", None)
                for given in [*node.args, *(word.value for word in node.keywords)]
                if isinstance(given, ast.Dict)
                for key in given.keys
            }
            written = isinstance(node.func, ast.Attribute) and node.func.attr in {"values", "on_conflict_do_update"}
            if written and named & {"state", "status"} and _of_a_noun(node):
                found.append(node.lineno)
    return found


def _of_a_noun(call: ast.Call) -> bool:
    """Whether this is an UPDATE of one of the nouns, or the part of an INSERT that changes a row that is there."""
    assert isinstance(call.func, ast.Attribute)
    verb = "update" if call.func.attr == "values" else "insert"
    calls = [node for node in ast.walk(call) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == verb]
    return any(isinstance(made.args[0], ast.Name) and made.args[0].id in _NOUNS for made in calls)


def test_nothing_but_the_tables_writes_a_state() -> None:
    wrong = []
    for path in sorted(_HOUSE.rglob("*.py")):
        name = path.relative_to(_HOUSE).as_posix()
        look = written if name.startswith(_ROOMS) else updated
        if "/migrations/" not in name:
            wrong += [f"scrm/{name}:{line}" for line in look(path.read_text("utf-8"))]
    assert not wrong, "a state is written by the noun's states.py alone, which asks the table and notes the event"


@pytest.mark.parametrize(
    "line",
    [
        "row.state = SliceState.DONE",
        "row.state, row.reason = SliceState.DONE, None",
        "broadcast.state: str = 'sent'",
        "setattr(case, 'state', 'done')",
        "session.execute(update(HandoverSlice).where(HandoverSlice.id == 1).values(state='done'))",
        "session.execute(update(HandoverItem).values({HandoverItem.state: 'done'}))",
        "session.execute(update(HandoverItem).values({'state': 'done'}))",
        "insert(HandoverItem).on_conflict_do_update(index_elements=['id'], set_={'state': 'gone'})",
        "text('UPDATE handover_item i SET errcode = 0, state = l.state FROM l WHERE i.id = l.id')",
        "text('INSERT INTO handover_item AS i (id) SELECT 1 ON CONFLICT (id) DO UPDATE SET id = 2, state = 3')",
    ],
)
def test_each_way_of_writing_a_state_is_found(line: str) -> None:
    assert written(line) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "old = row.state",
        "Broadcast(state='draft')",
        "update(Notice).where(Notice.record_id == Handover.id).values(state='x')",
        "insert(HandoverItem).values(state='unassigned')",
        "text('UPDATE handover_item SET errcode = 0 WHERE state = 1')",
        "text('UPDATE rule_scan SET state = 1')",
    ],
)
def test_what_writes_no_state_of_theirs_is_left_alone(line: str) -> None:
    assert written(line) == []


@pytest.mark.parametrize("table", _TABLES, ids=lambda table: table.noun)
def test_who_may_is_the_service_or_a_permission(table: Transitions) -> None:  # type: ignore[type-arg]
    assert {move.who for move in table.moves.values()} <= {SERVICE, *Permission}


@pytest.mark.parametrize(
    ("table", "verbs", "states", "first", "last"),
    [
        (broadcasts.BROADCASTS, broadcasts.Verb, BroadcastState, {"draft"}, {"finished", "cancelled"}),
        (
            broadcasts.SLICES,
            broadcasts.SliceVerb,
            BroadcastSliceState,
            {"planned", "skipped"},
            {"refused", "skipped", "cancelled", "done"},
        ),
        (handovers.HANDOVERS, handovers.Verb, HandoverState, {""}, set()),
        (handovers.SLICES, handovers.SliceVerb, HandoverSliceState, {"planned"}, {"done"}),
        (handovers.ITEMS, handovers.ItemVerb, ItemState, {"unassigned"}, {"done"}),
    ],
    ids=["broadcast", "broadcast_slice", "handover", "handover_slice", "handover_item"],
)
def test_each_verb_has_its_line_and_each_state_a_way_in_and_out(
    table: Transitions,  # type: ignore[type-arg]
    verbs: type[str],
    states: type[str],
    first: set[str],
    last: set[str],
) -> None:
    assert set(table.moves) == set(verbs)  # type: ignore[call-overload]
    moves = [move for move in table.moves.values() if move.to is not None]
    everything = {str(state) for state in states}  # type: ignore[attr-defined]
    assert {str(move.to) for move in moves} | first == everything | first
    assert {str(state) for move in moves for state in move.of} | last == everything | last | first - last
