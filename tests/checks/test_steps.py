"""Steps side by side: both halves are told, in order, and the exit code says whether any step failed."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(one: str, other: str) -> subprocess.CompletedProcess[str]:
    script = f". scripts/steps; one() {{ {one}; }}; other() {{ {other}; }}; beside one other; finish"
    return subprocess.run(
        ["sh", "-euc", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize(
    ("one", "other", "failed"),
    [
        ("step a true; step b true", "step c true", []),
        ("step a true; step b false", "step c true", ["b"]),
        ("step a true; step b true", "step c false; step d true", ["c"]),
        ("step a false; step b true", "step c true; step d false", ["a", "d"]),
        ("step a true; step b true", "step c true; exit 3", ["other"]),
        ("step a true; step b true", "exit 0", ["other"]),
    ],
)
def test_failure_in_either_half_is_told_and_is_the_exit_code(one: str, other: str, failed: list[str]) -> None:
    result = run(one, other)
    assert result.returncode == (1 if failed else 0), result.stdout + result.stderr
    said = result.stdout.splitlines()
    assert said[-1] == (f"未通过 / failed: {', '.join(failed)}" if failed else "通过 / passed")
    steps = [line.split()[1] for line in said if line.startswith(("  ✓", "  ✗"))]
    assert steps == sorted(steps) and {"a", "b"} <= set(steps)


def test_output_of_a_failed_step_stands_under_it_in_either_half() -> None:
    result = run("step a sh -c 'echo from-a; exit 1'", "step c sh -c 'echo from-c; exit 1'; step d true")
    said = [line.split("  (")[0] for line in result.stdout.splitlines()]
    assert said == ["  ✗ a", "from-a", "  ✗ c", "from-c", "  ✓ d", "未通过 / failed: a, c"]


def test_halves_run_at_once() -> None:
    """Each waits for what the other writes: one after the other they would wait for ever."""
    wait = "until [ -s {theirs} ]; do sleep 0.05; done"
    pair = [("$steps_dir/a", "$steps_dir/b"), ("$steps_dir/b", "$steps_dir/a")]
    halves = [f"echo here >{own}; {wait.format(theirs=theirs)}; step met true" for own, theirs in pair]
    script = f"steps_dir=$(mktemp -d); . scripts/steps; one() {{ {halves[0]}; }}; other() {{ {halves[1]}; }}; "
    script += 'beside one other; rm -r "$steps_dir"; finish'
    result = subprocess.run(["sh", "-euc", script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr
