"""What `make test ROOM=…` and `SINCE=…` choose: by imports, by the room's name, and what changed itself."""

import grimp
import pytest

from tests.checks.chosen import ALWAYS, chosen, graph, of_room


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return graph()


def test_a_rooms_tests_are_chosen_wherever_they_stand(imports: grimp.ImportGraph) -> None:
    files = set(chosen(of_room("handovers"), set(), imports))
    assert {"tests/rooms/handovers/test_cases.py", "tests/compliance/test_handovers.py"} <= files
    assert {"tests/faults/test_handover.py", *ALWAYS} <= files
    assert "tests/rooms/broadcasts/test_drafts.py" not in files
    assert files == set(chosen(of_room("compliance.handovers"), set(), imports))


def test_who_reaches_a_module_by_imports_is_chosen(imports: grimp.ImportGraph) -> None:
    folding = set(chosen({"scrm.compliance.rules.folding", "scrm.core.copying"}, set(), imports))
    assert "tests/core/test_copying.py" in folding, "by imports"
    assert "tests/rooms/rules/test_rules.py" in folding, "by the room's name"
    assert "tests/core/test_sealing.py" not in folding


def test_what_changed_itself_is_chosen(imports: grimp.ImportGraph) -> None:
    assert "tests/core/test_sealing.py" in chosen(set(), {"tests/core/test_sealing.py"}, imports)
    assert "tests/core/test_gone.py" not in chosen(set(), {"tests/core/test_gone.py"}, imports)


def test_an_unknown_room_is_said() -> None:
    with pytest.raises(SystemExit, match=r"no room kitchen; there are compliance\.alerts"):
        of_room("kitchen")
