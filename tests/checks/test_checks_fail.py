"""Each check of `make check` is seen to fail: a violation is planted into a copy of the project."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.checks import console as unused_words
from tests.checks import dead

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The Python part of the project, to be spoilt."""
    return _copied(tmp_path / "project")


def _copied(target: Path) -> Path:
    target.mkdir()
    for folder in ("scrm", "simulator", "workers"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "requirements.txt", "rsgi.py", "wsgi.py"):
        shutil.copy(ROOT / file, target / file)
    return target


def _run(folder: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": f"{BIN}:/usr/bin:/bin", "PYTHONPATH": str(folder), "HOME": str(folder)}
    argv = [str(BIN / program), *arguments]
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=240)


def test_unformatted_file_fails(copy: Path) -> None:
    (copy / "scrm" / "planted.py").write_text("x = {'a':1}\n")
    assert _run(copy, "ruff", "format", "--check", ".").returncode != 0


def test_forgotten_import_fails_lint(copy: Path) -> None:
    (copy / "scrm" / "planted.py").write_text('"""Planted."""\n\nimport os\n')
    result = _run(copy, "ruff", "check", ".")
    assert result.returncode != 0
    assert "F401" in result.stdout


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy with all that mypy has to refuse, and what it says: to read the service anew for each takes it as long."""
    folder = _copied(tmp_path_factory.mktemp("refused") / "project")
    (folder / "scrm" / "core" / "planted.py").write_text("def double(n):\n    return n * 2\n")
    routes = folder / "scrm" / "customers" / "file" / "routes.py"
    planted = (
        '\n\n@api.get("/planted", response=CustomerPage)\ndef planted(session: Session) -> object:\n    return {}\n'
    )
    routes.write_text(routes.read_text() + planted)
    rules = folder / "scrm" / "compliance" / "rules" / "routes.py"
    rules.write_text(rules.read_text().replace("Permission.RULES_EDIT", "Permission.PLANTED"))
    packages = ("scrm.core.planted", "scrm.customers.file", "scrm.compliance.rules")
    arguments = [word for package in packages for word in ("-p", package)]
    return folder, _run(folder, "mypy", *arguments, "--follow-imports", "silent").stdout


def test_missing_type_fails(refused: tuple[Path, str]) -> None:
    assert any("planted.py" in line and "no-untyped-def" in line for line in refused[1].splitlines())


def test_route_without_a_permission_fails_types_and_does_not_start(refused: tuple[Path, str]) -> None:
    folder, said = refused
    assert 'Missing named argument "permission"' in said
    assert _run(folder, "python", "-c", "import scrm.customers.file.routes").returncode != 0


def test_permission_that_nobody_declares_fails_types(refused: tuple[Path, str]) -> None:
    folder, said = refused
    assert 'has no attribute "PLANTED"' in said
    assert _run(folder, "python", "-c", "import scrm.compliance.rules.routes").returncode != 0


def test_question_that_nobody_answers_keeps_the_service_from_starting(copy: Path) -> None:
    groups = copy / "scrm" / "contracts" / "groups.py"
    groups.write_text(groups.read_text() + '\nplanted: Port[Groups] = Port("groups.planted")\n')
    result = _run(copy, "python", "-c", "from scrm import wiring; wiring.wire()")
    assert result.returncode != 0
    assert "nobody answers groups.planted" in result.stderr


def test_forgotten_migration_fails(copy: Path) -> None:
    models = copy / "scrm" / "compliance" / "alerts" / "models.py"
    planted = "    planted: Mapped[str | None] = mapped_column(Text)\n"
    models.write_text(models.read_text().rstrip() + "\n" + planted)
    shutil.copytree(ROOT / "tests", copy / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    result = _run(copy, "python", "-m", "tests.checks.migrations")
    assert result.returncode != 0
    assert "planted" in result.stdout


def test_lost_name_fails(copy: Path) -> None:
    """A path, a parameter, an enum value, fields of body and answer, an option, a command and an address are missed."""
    shutil.copytree(ROOT / "tests", copy / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    assert _run(copy, "python", "-m", "tests.checks.names").returncode == 0
    lost = [
        ("scrm/customers/tags/routes.py", '"/tags"', '"/planted-tags"', "GET /api/v1/tags:"),
        ("scrm/customers/file/schemas.py", "lost_to:", "planted:", "GET /api/v1/customers: ?lost_to "),
        ("scrm/customers/file/models.py", '"half"', '"planted"', "GET /api/v1/customers: ?status=half "),
        ("scrm/customers/file/schemas.py", "oper_userid:", "planted:", ".follows[].oper_userid "),
        ("scrm/customers/file/schemas.py", "reason:", "planted:", "/reveal body: .reason "),
        ("scrm/customers/file/schemas.py", "reason:", "planted:", "/reveal body: .planted 现为必填"),
        ("scrm/cli/corp.py", '"--yes"', '"--planted"', "scrm corp remove: --yes:flag "),
        ("scrm/cli/user.py", '"revoke"', '"planted"', "scrm token revoke:"),
        ("scrm/app/console.py", "/WW_verify_", "/planted_", "GET /WW_verify_<code>.txt:"),
    ]
    for file, word, planted, _ in lost:
        path = copy / file
        path.write_text(path.read_text().replace(word, planted))
    result = _run(copy, "python", "-m", "tests.checks.names")
    assert result.returncode != 0
    assert [told for *_, told in lost if told not in result.stdout] == []


def test_stale_api_document_fails(tmp_path: Path) -> None:
    """The check compares with what the service says now: a route more than the document has is a difference."""
    target = tmp_path / "project"
    skipped = shutil.ignore_patterns("node_modules", "dist", ".venv", "var", ".git", "__pycache__", ".mypy_cache")
    shutil.copytree(ROOT, target, ignore=skipped)
    (target / "admin_ui" / "node_modules").symlink_to(ROOT / "admin_ui" / "node_modules")
    (target / ".venv" / "bin").mkdir(parents=True)
    scrm = target / ".venv" / "bin" / "scrm"
    scrm.write_text(f'#!/bin/sh\nexec {BIN}/python -m scrm.cli "$@"\n')
    scrm.chmod(0o755)
    # The real one may install packages, which would go through the link into the project itself.
    (target / "scripts" / "interface").write_text('#!/bin/sh\ncd "$(dirname "$0")/../admin_ui" && exec "$@"\n')
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path), "PYTHONPATH": str(target)}

    def check() -> int:
        argv = [str(target / "scripts" / "fresh-api")]
        return subprocess.run(argv, cwd=target, env=env, capture_output=True, check=False, timeout=240).returncode

    assert check() == 0
    routes = target / "scrm" / "customers" / "tags" / "routes.py"
    routes.write_text(routes.read_text().replace('"/tags"', '"/planted-tags"'))
    assert check() == 1


# Each with the contract that names it and what that says.
FORBIDDEN = [
    ("scrm/compliance/planted.py", "from scrm.customers.file import models", "Floors", "-> scrm.customers.file.models"),
    ("scrm/customers/file/planted.py", "from scrm.compliance import queries", "Floors", "-> scrm.compliance"),
    ("scrm/compliance/handovers/planted.py", "from scrm.compliance.alerts import models", "Rooms know nothing", "->"),
    ("scrm/customers/groups/planted.py", "from scrm.customers.file import models", "Rooms know nothing", "->"),
    ("scrm/core/errors.py", "import scrm.core.http as _planted", "No circle", "No cycles are allowed in scrm.core."),
    ("scrm/identity/planted.py", "from scrm.identity import room", "A room's manifest", "-> scrm.identity.room"),
    ("scrm/shared/exports/planted.py", "from scrm.customers import models", "Floors", "-> scrm.customers"),
    ("scrm/shared/settings_of_corp.py", "from scrm.shared.exports import asking as _planted", "Inside shared", "->"),
    ("simulator/planted.py", "from scrm.wecom.client import session", "The simulator knows", "-> scrm.wecom.client"),
    ("scrm/core/planted.py", "from scrm.identity import models", "Floors", "-> scrm.identity.models"),
    ("scrm/identity/planted.py", "import workers", "The doors stand above", "-> workers"),
    ("scrm/customers/file/planted.py", "import scrm.wecom.client", "The client is imported", "-> scrm.wecom.client"),
    ("scrm/identity/planted.py", "import simulator", "The service does not know", "-> simulator"),
    ("scrm/customers/file/planted.py", "import wechatpy", "Nothing but scrm.wecom.client", "-> wechatpy"),
    ("scrm/customers/file/handlers.py", "import sqlalchemy as _planted", "Routes and handlers", "-> sqlalchemy"),
    ("scrm/customers/file/queries.py", "import flask as _planted", "Actions, queries, models", "-> flask"),
    ("scrm/core/errors.py", "import scrm.core.http as _planted", "Only doors and routes", "-> scrm.core.http"),
    ("scrm/customers/file/models.py", "from scrm.customers.file import actions as _planted", "Inside a room", "->"),
]


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each broken contract in a copy with all the forbidden imports: one look at the house for all."""
    folder = _copied(tmp_path_factory.mktemp("imports") / "project")
    for file, line in dict.fromkeys((file, line) for file, line, *_ in FORBIDDEN):
        path = folder / file
        path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")
    result = _run(folder, "lint-imports", "--no-cache")
    assert result.returncode != 0
    # A heading is underlined over its whole length; lines are folded where they suit a terminal.
    parts = re.split(
        r"\n\n(\S[^\n]*(?:\n[^\n-][^\n]*)*)\n-{5,}[-\n]*\n\n", result.stdout.partition("Broken contracts")[2]
    )
    names, told = parts[1::2], parts[2::2]
    return {" ".join(name.split()): " ".join(text.split()) for name, text in zip(names, told, strict=True)}


@pytest.mark.parametrize(("file", "line", "contract", "told"), FORBIDDEN)
def test_forbidden_import_fails(broken: dict[str, str], file: str, line: str, contract: str, told: str) -> None:
    (said,) = [text for name, text in broken.items() if name.startswith(contract)]
    module = ".".join(Path(file).with_suffix("").parts)
    assert (told if told.startswith("No ") else f"{module} {told}") in said


def test_every_contract_is_seen_to_break(broken: dict[str, str]) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == set(broken)


def test_shell_injection_fails_bandit(copy: Path) -> None:
    (copy / "scrm" / "planted.py").write_text("import os\nos.system('ls ' + input())\n")
    assert _run(copy, "bandit", "-q", "-c", "pyproject.toml", "-r", "scrm/planted.py").returncode != 0


def test_function_that_nothing_uses_fails(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / "scrm" / "core" / "planted.py").write_text("def never_called_anywhere() -> None: ...\n")
    monkeypatch.setattr(dead, "ROOT", copy)
    assert dead.findings() == ["scrm/core/planted.py:1: unused function never_called_anywhere"]
    assert dead.unneeded() == []


def test_word_and_class_that_no_page_uses_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shared" / "i18n").mkdir(parents=True)
    (tmp_path / "shared" / "i18n" / "zh-CN.json").write_text('{"a": {"used": "有", "planted": "无", "one": "一"}}')
    (tmp_path / "page.tsx").write_text("t('a.used'); t(`a.on${letter}`); <p className={`f-${kind}`} />\n")
    (tmp_path / "page.css").write_text(".f-good { color: red } .planted { color: red }\n")
    monkeypatch.setattr(unused_words, "SOURCE", tmp_path)
    assert unused_words.unused() == ["shared/i18n/zh-CN.json: unused word a.planted", "unused class planted"]


def test_export_that_nothing_imports_fails_knip(console: Path) -> None:
    (console / "src" / "planted.ts").write_text("export const planted = 1\nexport const other = 2\n")
    result = _npm(console, "dead")
    assert result.returncode != 0
    assert "planted" in result.stdout


@pytest.fixture
def console(tmp_path: Path) -> Path:
    """The console without its sources, to be spoilt: what is planted is all there is to check."""
    assert (ROOT / "admin_ui" / "node_modules").is_dir(), "install the console's packages: scripts/interface"
    target = tmp_path / "admin_ui"
    skipped = shutil.ignore_patterns("node_modules", "dist", "src")
    shutil.copytree(ROOT / "admin_ui", target, ignore=skipped)
    (target / "src").mkdir()
    (target / "node_modules").symlink_to(ROOT / "admin_ui" / "node_modules")
    return target


def _npm(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder)}
    argv = ["npm", "run", "--silent", script]
    return subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=240)


def test_wrong_type_fails_tsc(console: Path) -> None:
    (console / "src" / "planted.ts").write_text("export const planted: number = 'one'\n")
    result = _npm(console, "typecheck")
    assert result.returncode != 0
    assert "planted.ts" in result.stdout


def test_forgotten_variable_fails_eslint(console: Path) -> None:
    (console / "src" / "planted.ts").write_text("export function planted() {\n  const forgotten = 1\n}\n")
    result = _npm(console, "lint")
    assert result.returncode != 0
    assert "planted.ts" in result.stdout


def test_heavy_bundle_fails_its_budget(console: Path) -> None:
    # 400 kB that gzip cannot make smaller, in the file that every page of the console loads.
    shutil.copytree(ROOT / "admin_ui" / "dist", console / "dist")
    manifest = json.loads((console / "dist" / ".vite" / "manifest.json").read_text())
    entry = next(chunk["file"] for name, chunk in manifest.items() if name == "index.html")
    with (console / "dist" / entry).open("ab") as file:
        file.write(b"//" + secrets.token_hex(400_000).encode())
    assert _npm(console, "budgets").returncode != 0
