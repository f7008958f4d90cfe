"""Which test files a change concerns: ``python -m tests.checks.chosen --room handovers`` or ``--since REV``.

A file is chosen if it reaches what changed by imports, if it or its folder bears the name of a room that changed, or if
it changed itself. What connects everything (the wiring, the application, the tests' own service) is no way. For the
inner loop alone: a change is whole when all tests pass.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
# Whoever goes through these reaches everything.
_HUBS = ("scrm.wiring", "scrm.app", "scrm.cli", "scrm.runtime", "tests.support", "tests.rooms.house", "tests.conftest")
ALWAYS = ("tests/checks/test_rooms.py", "tests/checks/test_sizes.py", "tests/golden/test_golden.py")


def graph() -> grimp.ImportGraph:
    """Who imports whom, without what connects everything."""
    found = grimp.build_graph("scrm", "simulator", "workers", "tests", cache_dir=None)
    for module in sorted(found.modules):
        if any(module == hub or module.startswith(f"{hub}.") for hub in _HUBS):
            found.remove_module(module)
    return found


def of_room(name: str) -> set[str]:
    """Modules of a room, by its last name (``handovers``) or its whole one (``compliance.handovers``)."""
    folders = [path.parent for path in (ROOT / "scrm").rglob("room.py")]
    rooms = {".".join(folder.relative_to(ROOT).parts): folder for folder in folders}
    chosen = [room for room in rooms if room.removeprefix("scrm.") == name or room.rpartition(".")[2] == name]
    if not chosen:
        known = ", ".join(sorted(room.removeprefix("scrm.") for room in rooms))
        raise SystemExit(f"没有房间 {name}，已有 / no room {name}; there are {known}")
    return {module for room in chosen for module in _modules(rooms[room].rglob("*.py"))}


def since(revision: str) -> tuple[set[str], set[str]]:
    """Modules that differ from a revision, and test files among them; not yet committed ones too."""
    changed = _git("diff", "--name-only", revision) + _git("ls-files", "--others", "--exclude-standard")
    files = {ROOT / line for line in changed if line.endswith(".py")}
    tests = {str(path.relative_to(ROOT)) for path in files if path.exists() and path.name.startswith("test_")}
    return _modules(files), tests


def chosen(modules: set[str], tests: Iterable[str], imports: grimp.ImportGraph) -> list[str]:
    """Test files that these modules concern, and the few that hold for every change."""
    reaching = set(modules)
    for module in modules & imports.modules:
        reaching |= imports.find_downstream_modules(module)
    files = {f"{module.replace('.', '/')}.py" for module in reaching if module.rpartition(".")[2].startswith("test_")}
    rooms = {part for module in modules for part in _room_of(module)}
    for path in (ROOT / "tests").rglob("test_*.py"):
        place = path.relative_to(ROOT)
        words = {*place.parts[1:-1], path.stem.removeprefix("test_"), f"{path.stem.removeprefix('test_')}s"}
        if words & rooms and "e2e" not in place.parts:
            files.add(str(place))
    return sorted({*files, *tests, *ALWAYS} & {str(path.relative_to(ROOT)) for path in ROOT.glob("tests/**/test_*.py")})


def _room_of(module: str) -> set[str]:
    for up in (ROOT / module.replace(".", "/")).parents:
        if up.is_relative_to(ROOT / "scrm") and (up / "room.py").exists():
            return {up.name}
    return set()


def _modules(files: Iterable[Path]) -> set[str]:
    found = set()
    for path in files:
        place = path.relative_to(ROOT)
        if place.parts[0] in {"scrm", "simulator", "workers", "tests"}:
            found.add(".".join(place.with_suffix("").parts).removesuffix(".__init__"))
    return found


def _git(*arguments: str) -> list[str]:
    said = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise SystemExit(said.stderr.strip())
    return said.stdout.splitlines()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--room")
    parser.add_argument("--since")
    asked = parser.parse_args()
    modules, tests = since(asked.since) if asked.since else (set(), set())
    if asked.room:
        modules |= of_room(asked.room)
    sys.stdout.write("\n".join(chosen(modules, tests, graph())) + "\n")


if __name__ == "__main__":
    main()
