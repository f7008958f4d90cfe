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
_OF_ALERTS = {
    "no file of the service": "scrm/compliance/alerts/kinds/{}.py",
    "no view": "admin_ui/src/features/alerts/kinds/{}.tsx",
    "no test": "tests/rooms/alerts/kinds/test_{}.py",
    "no words in Chinese": "admin_ui/src/shared/terms/alerts/{}.zh-CN.json",
    "no words in English": "admin_ui/src/shared/terms/alerts/{}.en-US.json",
}
_OF_APPROVALS = {
    "no file of the service": "scrm/marketing/broadcasts/approvals/{}.py",
    "no view": "admin_ui/src/shared/approvals/kinds/{}.tsx",
    "no words in Chinese": "admin_ui/src/shared/terms/approvals/{}.zh-CN.json",
    "no words in English": "admin_ui/src/shared/terms/approvals/{}.en-US.json",
}
_SERVICE, _VIEW, _TEST, _CHINESE, _ENGLISH = (place.format(_NAME) for place in _OF_ALERTS.values())


def _words(name: str, kind: str, sentence: str, reason: str) -> str:
    return json.dumps({"alertKind": {name: kind}, "alertSentence": {name: sentence}, "closeReason": {"tidy": reason}})


def _copied(target: Path) -> Path:
    """The project, as far as its kinds go."""
    left_out = shutil.ignore_patterns("__pycache__", "golden", "data")
    for folder in ("scrm", "tests", "admin_ui/src", "admin_ui/scripts"):
        shutil.copytree(ROOT / folder, target / folder, ignore=left_out)
    for file in ("openapi.json", "package.json", "tsconfig.json", "vite.config.ts"):
        shutil.copy(ROOT / "admin_ui" / file, target / "admin_ui" / file)
    (target / "admin_ui" / "tests").mkdir()
    (target / "admin_ui" / "node_modules").symlink_to(ROOT / "admin_ui" / "node_modules")
    return target


def _plant(folder: Path, name: str) -> None:
    """One more kind of alert, added as the recipe says."""
    service, view, test, chinese, english = (folder / place.format(name) for place in _OF_ALERTS.values())
    model = (ROOT / "scrm/compliance/alerts/kinds/customer_left.py").read_text()
    model = model.replace("customer_left", name).replace("CustomerLeft", "MassDeletion")
    begin, end = model.index("    reasons=("), model.index("    notice=")
    model = f'{model[:begin]}    reasons=(Reason("tidy", "整理客户", "Tidying up"), OTHER),\n{model[end:]}'
    model = model.replace("客户删除员工", "批量删除").replace("Customer deleted staff", "Many deleted")
    service.write_text(model)
    text = (ROOT / "admin_ui/src/features/alerts/kinds/customer_left.tsx").read_text()
    view.write_text(text.replace("customer_left", name))
    chinese.write_text(_words(name, "批量删除", "{{staff}} 批量删除客户", "整理客户"))
    english.write_text(_words(name, "Many deleted", "{{staff}} deleted many", "Tidying up"))
    test.write_text('"""Planted."""\n')


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project with one more kind."""
    _plant(_copied(tmp_path), _NAME)
    return tmp_path


@pytest.fixture(scope="module")
def lacking(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a project with a kind for each face that may be left out, and with one of other words."""
    folder = _copied(tmp_path_factory.mktemp("lacking") / "project")
    for number, place in enumerate(_OF_ALERTS.values()):
        _plant(folder, f"lacks_{number}")
        (folder / place.format(f"lacks_{number}")).unlink()
    for number, left_out in enumerate(_OF_APPROVALS.values()):
        for place in _OF_APPROVALS.values():
            model = (ROOT / place.format("higher_limit")).read_text()
            (folder / place.format(f"wants_{number}")).write_text(model.replace("higher_limit", f"wants_{number}"))
        (folder / left_out.format(f"wants_{number}")).unlink()
    _plant(folder, _NAME)
    (folder / _ENGLISH).write_text(_words(_NAME, "Something else", "{{staff}} deleted many", "Tidying"))
    code, said = check(folder)
    assert code == 1
    return said


def check(folder: Path) -> tuple[int, str]:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "HOME": str(folder)}
    argv = [sys.executable, "-m", "tests.checks.kinds"]
    result = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    return result.returncode, result.stdout + result.stderr


def test_kind_with_all_its_files_is_whole(copy: Path) -> None:
    assert check(copy) == (0, "")


@pytest.mark.parametrize(("number", "face"), list(enumerate(_OF_ALERTS)))
def test_file_that_is_left_out_is_named(lacking: str, number: int, face: str) -> None:
    kind = f"lacks_{number}"
    assert f"the kind {kind} has {face}: {_OF_ALERTS[face].format(kind)}\n" in lacking
    assert lacking.count(f"the kind {kind} ") == 1


@pytest.mark.parametrize(("number", "face"), list(enumerate(_OF_APPROVALS)))
def test_face_of_an_approval_that_is_left_out_is_named(lacking: str, number: int, face: str) -> None:
    kind = f"wants_{number}"
    assert f"the kind {kind} has {face}: {_OF_APPROVALS[face].format(kind)}\n" in lacking
    assert lacking.count(f"the kind {kind} ") == 1


def test_words_that_differ_from_the_service_are_named(lacking: str) -> None:
    assert f"alertKind.{_NAME} in {_NAME}.en-US.json is 'Something else', and 'Many deleted'" in lacking
    assert f"closeReason.tidy in {_NAME}.en-US.json is 'Tidying', and 'Tidying up'" in lacking
    assert f"the kind {_NAME} " not in lacking


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
