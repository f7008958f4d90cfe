"""No test asserts a clock: on a busy machine it says how busy the machine is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Measuring is what these are for; and the one place where waiting ends.
_EXEMPT = ("tests/bench/", "tests/support/patience.py")
_TICKING = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "thread_time"}
_OF_DAY = {"time", "time_ns"}
_SAYS = (
    "asserts a clock; say what it means (nothing else waited, how many calls, a row of `make bench`),"
    " or wait by tests.support.patience, which gives up only when nothing moves"
)


def clocks_in(source: str) -> list[int]:
    """Lines of assertions on a clock's reading or difference, and of loops that a clock alone ends."""
    tree = ast.parse(source)
    scopes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return sorted({line for scope in scopes for line in _found(scope)})


def _found(scope: ast.AST) -> Iterator[int]:
    passed = _passed(scope)
    for node in ast.walk(scope):
        if isinstance(node, ast.Assert) and (_measures(node.test, passed) or _reads(node.test, _TICKING)):
            yield node.lineno
        if isinstance(node, ast.While) and _reads(node.test, _TICKING | _OF_DAY):
            yield node.lineno


def _passed(scope: ast.AST) -> set[str]:
    """Names that hold how long something took, directly or by way of others."""
    names: set[str] = set()
    while True:
        more = set(names)
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if _measures(node.value, names):
                    more |= {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
                kept = node.func.value
                if isinstance(kept, ast.Name) and any(_measures(given, names) for given in node.args):
                    more.add(kept.id)
        if more == names:
            return names
        names = more


def _measures(expression: ast.AST, passed: set[str]) -> bool:
    """Whether it is, or is made of, the difference of two readings."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Name) and node.id in passed:
            return True
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub) and _reads(node, _TICKING | _OF_DAY):
            return not isinstance(node.right, ast.Constant)  # ten minutes ago is a moment
    return False


def _reads(expression: ast.AST, clocks: set[str]) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in clocks
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "time"
        for node in ast.walk(expression)
    )


def test_no_test_asserts_a_clock() -> None:
    files = [
        path for path in (ROOT / "tests").rglob("*.py") if not path.relative_to(ROOT).as_posix().startswith(_EXEMPT)
    ]
    assert len(files) > 200
    found = [
        f"{path.relative_to(ROOT)}:{line} {_SAYS}" for path in files for line in clocks_in(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "lines",
    [
        "began = time.monotonic()\n act()\n assert time.monotonic() - began < 5",
        "began = time.perf_counter()\n act()\n took = time.perf_counter() - began\n assert took < 1",
        "times = []\n times.append(time.monotonic() - began)\n assert statistics.median(times) < 2",
        "slowest = 0.0\n slowest = max(slowest, time.time() - began)\n assert slowest < 1",
        "while not done():\n  assert time.monotonic() < deadline",
        "while not done() and time.time() < deadline:\n  time.sleep(0.1)",
    ],
)
def test_a_planted_clock_is_found(lines: str) -> None:
    assert len(clocks_in(f"def test_planted():\n {lines}\n")) == 1


@pytest.mark.parametrize(
    "lines",
    [
        "began = int(time.time()) - 600\n assert row.at == began",
        "assert task['send_time'] <= time.time()",
        "print(time.monotonic() - began)\n assert statuses == {200: 40}",
    ],
)
def test_a_moment_or_a_printed_figure_is_none(lines: str) -> None:
    assert clocks_in(f"def test_planted():\n {lines}\n") == []
