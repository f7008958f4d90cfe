"""Sizes: a file is read in one sitting, a room is one noun."""

from collections import Counter
from pathlib import Path

import scrm
from scrm import wiring

SCRM = Path(scrm.__file__).parent
ROOT = SCRM.parent
FILE, ROOM = 400, 2_500  # lines; of a room without what is declared rather than done
DECLARED = {"schemas.py", "errors.py", "replies.py", "kinds"}
# Rooms above it, each with what keeps its nouns together; docs/decisions/rooms-and-manifests.md says it in full.
LIFTED = {
    "compliance.handovers": "a case, its slices and its results write the same items",
    "customers.file": "one answer of WeCom's writes customers, relations and their tags; tags are the next to go",
    "marketing.broadcasts": "a broadcast, its slices and their results share the arrays of recipients",
}
FLOORS = {"core", "wecom", "identity"}  # many nouns, below the rooms


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _long(root: Path) -> list[str]:
    sources = [path for top in ("scrm", "simulator", "workers", "tests") for path in sorted((root / top).rglob("*.py"))]
    return [
        f"{path.relative_to(root)}: {_lines(path)} lines"
        for path in sources
        if path.name != "schemas.py" and "migrations" not in path.parts and _lines(path) > FILE
    ]


def _large(sizes: dict[str, int]) -> list[str]:
    return sorted(name for name, size in sizes.items() if size > ROOM and name not in LIFTED)


def _done(path: Path) -> bool:
    return not DECLARED & {path.name, *path.parts}


def _rooms() -> dict[str, int]:
    sizes: Counter[str] = Counter()
    for room in wiring.ROOMS:
        folder = SCRM.joinpath(*room.name.split("."))
        if room.name not in FLOORS:
            sizes[room.name] = sum(_lines(path) for path in folder.rglob("*.py") if _done(path))
    return dict(sizes)


def test_no_file_is_longer_than_one_sitting() -> None:
    assert _long(ROOT) == []


def test_a_long_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "scrm").mkdir()
    (tmp_path / "scrm" / "planted.py").write_text("x = 1\n" * (FILE + 1))
    (tmp_path / "scrm" / "schemas.py").write_text("x = 1\n" * (FILE + 1))
    assert _long(tmp_path) == [f"scrm/planted.py: {FILE + 1} lines"]


def test_no_room_holds_a_second_noun_by_its_size() -> None:
    assert _large(_rooms()) == []


def test_a_large_room_is_found_and_a_lift_that_is_not_needed_goes() -> None:
    sizes = _rooms()
    assert _large(sizes | {"sales.deals": ROOM + 1}) == ["sales.deals"]
    assert [name for name in LIFTED if sizes[name] <= ROOM] == []
