"""States are written in one place per noun, which asks the table of moves; whatever else assigns one is found here."""

import ast
from pathlib import Path

import pytest

import scrm
from scrm.compliance.handovers import states as handovers
from scrm.compliance.handovers.models import HandoverState
from scrm.compliance.handovers.models import SliceState as HandoverSliceState
from scrm.core.transitions import SERVICE, Transitions
from scrm.identity.permissions import Permission
from scrm.marketing.broadcasts import states as broadcasts
from scrm.marketing.broadcasts.models import BroadcastState
from scrm.marketing.broadcasts.models import SliceState as BroadcastSliceState

_HOUSE = Path(scrm.__file__).parent
_ROOMS = ("marketing/broadcasts", "compliance/handovers")
_NOUNS = {"Broadcast", "BroadcastSlice", "Handover", "HandoverSlice"}
# The approval of a higher limit has a state of its own, which is no broadcast's.
_OTHERS = {"marketing/broadcasts/actions/policy.py"}
_TABLES = (broadcasts.BROADCASTS, broadcasts.SLICES, handovers.HANDOVERS, handovers.SLICES)


def written(source: str) -> list[int]:
    """The lines in which a state is assigned: to an attribute, by `setattr`, or in an UPDATE of one of the nouns."""
    found = []
    for node in ast.walk(ast.parse(source)):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call):
            if getattr(node.func, "id", "") == "setattr" and ast.unparse(node.args[1]) in {"'state'", "'status'"}:
                found.append(node.lineno)
            says = {word.arg for word in node.keywords} & {"state", "status"}
            if isinstance(node.func, ast.Attribute) and node.func.attr == "values" and says and _updates(node.func):
                found.append(node.lineno)
        parts = [part for target in targets for part in ast.walk(target) if isinstance(part, ast.Attribute)]
        found += [part.lineno for part in parts if part.attr in {"state", "status"}]
    return found


def _updates(chain: ast.expr) -> bool:
    """Whether this is an UPDATE of one of the nouns."""
    calls = [
        node for node in ast.walk(chain) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "update"
    ]
    return any(isinstance(call.args[0], ast.Name) and call.args[0].id in _NOUNS for call in calls)


def test_nothing_but_the_tables_writes_a_state() -> None:
    wrong = []
    for room in _ROOMS:
        for path in sorted((_HOUSE / room).rglob("*.py")):
            name = path.relative_to(_HOUSE).as_posix()
            if name not in _OTHERS:
                wrong += [f"scrm/{name}:{line}" for line in written(path.read_text("utf-8"))]
    assert not wrong, "a state is written by the noun's states.py alone, which asks the table and notes the event"


@pytest.mark.parametrize(
    "line",
    [
        "row.state = SliceState.DONE",
        "row.state, row.reason = SliceState.DONE, None",
        "broadcast.state: str = 'sent'",
        "setattr(case, 'state', 'done')",
        "session.execute(update(HandoverSlice).where(HandoverSlice.id == 1).values(state='done'))",
    ],
)
def test_each_way_of_writing_a_state_is_found(line: str) -> None:
    assert written(line) == [1]


@pytest.mark.parametrize(
    "line",
    [
        "old = row.state",
        "Broadcast(state='draft')",
        "update(HandoverItem).where(HandoverItem.id == Handover.id).values(state='x')",
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
    ],
    ids=["broadcast", "broadcast_slice", "handover", "handover_slice"],
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
