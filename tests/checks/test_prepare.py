"""What keeps `make` from building is one sentence that says what to do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def prepare(folder: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    """`scripts/prepare run` in a folder that holds nothing else."""
    (folder / "scripts").mkdir()
    script = shutil.copy(ROOT / "scripts" / "prepare", folder / "scripts" / "prepare")
    return subprocess.run([script, "run"], env={**os.environ, **env}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("wanted", ["python9", "/bin/true", "/nowhere/python3.11"])
def test_interpreter_that_cannot_be_used_is_named(tmp_path: Path, wanted: str) -> None:
    result = prepare(tmp_path, PYTHON=wanted)
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    assert f"PYTHON={wanted}" in result.stderr
    assert "3.11" in result.stderr


def test_machine_without_a_python_is_told_which_to_install(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "cat"):
        (tools / name).symlink_to(str(shutil.which(name)))
    result = prepare(tmp_path, PATH=str(tools), PYTHON="")
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "install Python 3.11 or 3.12" in result.stderr
