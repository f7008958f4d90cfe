"""A kind is its files: each one that is left out fails `make check`, by name."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_NAME = "mass_deletion"
_SERVICE = f"scrm/compliance/alerts/kinds/{_NAME}.py"
_VIEW = f"admin_ui/src/features/alerts/kinds/{_NAME}.tsx"
_TEST = f"tests/rooms/alerts/kinds/test_{_NAME}.py"
_CHINESE = f"admin_ui/src/shared/terms/alerts/{_NAME}.zh-CN.json"
_ENGLISH = f"admin_ui/src/shared/terms/alerts/{_NAME}.en-US.json"


def _words(kind: str, sentence: str, reason: str) -> str:
    return json.dumps({"alertKind": {_NAME: kind}, "alertSentence": {_NAME: sentence}, "closeReason": {"tidy": reason}})


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project with one more kind, added as the recipe says."""
    left_out = shutil.ignore_patterns("__pycache__", "golden", "data")
    for folder in ("scrm", "tests", "admin_ui/src", "admin_ui/scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=left_out)
    for file in ("openapi.json", "package.json", "tsconfig.json", "vite.config.ts"):
        shutil.copy(ROOT / "admin_ui" / file, tmp_path / "admin_ui" / file)
    (tmp_path / "admin_ui" / "tests").mkdir()
    (tmp_path / "admin_ui" / "node_modules").symlink_to(ROOT / "admin_ui" / "node_modules")
    model = (ROOT / "scrm/compliance/alerts/kinds/customer_left.py").read_text()
    model = model.replace("customer_left", _NAME).replace("CustomerLeft", "MassDeletion")
    begin, end = model.index("    reasons=("), model.index("    notice=")
    model = f'{model[:begin]}    reasons=(Reason("tidy", "整理客户", "Tidying up"), OTHER),\n{model[end:]}'
    model = model.replace("客户删除员工", "批量删除").replace("Customer deleted staff", "Many deleted")
    (tmp_path / _SERVICE).write_text(model)
    view = (ROOT / "admin_ui/src/features/alerts/kinds/customer_left.tsx").read_text()
    (tmp_path / _VIEW).write_text(view.replace("customer_left", _NAME))
    (tmp_path / _CHINESE).write_text(_words("批量删除", "{{staff}} 批量删除客户", "整理客户"))
    (tmp_path / _ENGLISH).write_text(_words("Many deleted", "{{staff}} deleted many", "Tidying up"))
    (tmp_path / _TEST).write_text('"""Planted."""\n')
    return tmp_path


def check(folder: Path) -> tuple[int, str]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "HOME": str(folder)}
    argv = [sys.executable, "-m", "tests.checks.kinds"]
    result = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    return result.returncode, result.stdout + result.stderr


def test_kind_with_all_its_files_is_whole(copy: Path) -> None:
    assert check(copy) == (0, "")


@pytest.mark.parametrize(
    ("file", "face"),
    [
        (_SERVICE, "no file of the service"),
        (_VIEW, "no view"),
        (_CHINESE, "no words in Chinese"),
        (_ENGLISH, "no words in English"),
        (_TEST, "no test"),
    ],
)
def test_file_that_is_left_out_is_named(copy: Path, file: str, face: str) -> None:
    (copy / file).unlink()
    code, said = check(copy)
    assert code == 1
    assert f"the kind {_NAME} has {face}: {file}" in said


@pytest.mark.parametrize(
    ("file", "face"),
    [
        ("scrm/marketing/broadcasts/approvals/higher_limit.py", "no file of the service"),
        ("admin_ui/src/shared/approvals/kinds/higher_limit.tsx", "no view"),
        ("admin_ui/src/shared/terms/approvals/higher_limit.zh-CN.json", "no words in Chinese"),
        ("admin_ui/src/shared/terms/approvals/higher_limit.en-US.json", "no words in English"),
    ],
)
def test_face_of_an_approval_that_is_left_out_is_named(copy: Path, file: str, face: str) -> None:
    (copy / file).unlink()
    code, said = check(copy)
    assert code == 1
    assert f"the kind higher_limit has {face}: {file}" in said


def test_words_that_differ_from_the_service_are_named(copy: Path) -> None:
    (copy / _ENGLISH).write_text(_words("Something else", "{{staff}} deleted many", "Tidying"))
    code, said = check(copy)
    assert code == 1
    assert f"alertKind.{_NAME} in {_NAME}.en-US.json is 'Something else', and 'Many deleted'" in said
    assert f"closeReason.tidy in {_NAME}.en-US.json is 'Tidying', and 'Tidying up'" in said


def test_file_without_its_kind_does_not_start(copy: Path) -> None:
    (copy / _SERVICE).write_text('"""Planted, and empty."""\n')
    code, said = check(copy)
    assert code == 1
    assert f"KIND must be a Kind named '{_NAME}'" in said


def test_kind_without_a_view_or_words_does_not_compile(copy: Path) -> None:
    """The console's list of kinds is made from the document alone, so whatever it lists has to be there."""
    console = copy / "admin_ui"
    document = json.loads((console / "openapi.json").read_text())
    document["components"]["schemas"]["AlertKind"]["enum"].append(_NAME)
    (console / "openapi.json").write_text(json.dumps(document))
    (copy / _VIEW).unlink()
    (copy / _ENGLISH).unlink()
    # What lists the kinds, and what that imports: the rest of the console takes ten times as long to compile.
    lists = [f"src/{place}" for place in ("features/alerts/kinds/index.ts", "shared/terms/kinds.ts")]
    config = {"extends": "./tsconfig.json", "include": [], "files": lists}
    (console / "tsconfig.kinds.json").write_text(json.dumps(config))
    env = {"PATH": os.environ["PATH"], "HOME": str(copy)}
    for argv in (["node", "scripts/kinds.mjs"], ["node_modules/.bin/tsc", "--noEmit", "-p", "tsconfig.kinds.json"]):
        result = subprocess.run(argv, cwd=console, env=env, capture_output=True, text=True, check=False, timeout=240)
    assert result.returncode != 0
    assert f"Cannot find module './{_NAME}'" in result.stdout
    assert f"Cannot find module './alerts/{_NAME}.en-US.json'" in result.stdout
