"""What the documents name exists: files, modules, commands, targets, settings, metrics, links, listeners."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from scrm import cli, wiring
from tests.checks import documents

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOLDERS = ("scrm", "simulator", "workers", "tests", "docs", "deploy", "scripts", "admin_ui", ".ci")
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]

_FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(rf"(?:{'|'.join(map(re.escape, FOLDERS))})(?:/[\w.-]+)+/?|[\w-]+\.(?:py|toml)|Makefile")
_MODULE = re.compile(r"(?:scrm|workers)(?:\.\w+)+")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@every_document
def test_every_named_file_exists(document: Path) -> None:
    named = [span for span in _spans(document) if _PATH.fullmatch(span)]
    # A file of a room, like `actions.py`, is named without its room.
    missing = [name for name in named if not (ROOT / name).exists() and not ("/" not in name and _somewhere(name))]
    assert missing == []


@every_document
def test_every_named_module_exists(document: Path) -> None:
    missing = []
    for span in _spans(document):
        if _MODULE.fullmatch(span):
            path = ROOT.joinpath(*span.split("."))
            if not path.is_dir() and not path.with_suffix(".py").is_file():
                missing.append(span)
    assert missing == []


@every_document
def test_every_named_command_exists(document: Path) -> None:
    unknown = []
    for words in _commands(document, "scrm"):
        command: click.Command = cli.main
        for word in words:
            if not isinstance(command, click.Group):
                break
            found = command.get_command(click.Context(command), word)
            if found is None:
                unknown.append(" ".join(words))
                break
            command = found
    assert unknown == []


@every_document
def test_every_named_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {words[0] for words in _commands(document, "make")} <= targets


@every_document
def test_every_named_npm_script_exists(document: Path) -> None:
    scripts = set(json.loads((ROOT / "admin_ui" / "package.json").read_text())["scripts"])
    assert {words[0] for words in _commands(document, "npm run")} <= scripts


@every_document
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = []
    for found in _LINK.findall(_FENCE.sub("", document.read_text())):
        target = unquote(found[0] or found[1])
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name) if name else document
        if not path.exists() or (anchor and anchor not in _anchors(path)):
            broken.append(target)
    assert broken == []


@every_document
def test_every_named_setting_and_metric_exists(document: Path) -> None:
    source = "\n".join(path.read_text() for path in (ROOT / "scrm").rglob("*.py"))
    named = {span for span in _spans(document) if re.fullmatch(r"SCRM_[A-Z_]+|scrm_[a-z]+_[a-z_]+", span)}
    assert {name for name in named if name not in source} == set()


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_readme_names_every_command(readme: Path) -> None:
    assert {words[0] for words in _commands(readme, "scrm") if words} == set(cli.COMMANDS)


def test_lists_of_the_architecture_page_are_as_the_code_has_them() -> None:
    page = documents.PAGE.read_text("utf-8")
    assert documents.made(page) == page, "run `make docs`"
    assert documents.unwritten(page) == []


def test_row_of_the_page_is_made_anew_and_what_was_written_by_hand_is_kept() -> None:
    page = documents.PAGE.read_text("utf-8")
    handed = next(line for line in page.splitlines() if line.startswith("| `customers.tags_fetched`"))
    spoilt = page.replace("| `AlarmRaised` | `operations.alarm_raised` |\n", "")
    spoilt = spoilt.replace(f"{handed}\n", "| `planted.reply` | a | b |\n").replace("| leased |", "| lent |")
    mended = documents.made(spoilt)
    assert "`planted.reply`" not in mended and "| lent |" not in mended
    assert documents.unwritten(mended) == ["| `customers.tags_fetched` | … | … |"]
    assert documents.made(mended.replace("| `customers.tags_fetched` | … | … |", handed)).count("tags_fetched") == 1
    assert sorted(mended.splitlines()) == sorted(
        page.replace(handed, "| `customers.tags_fetched` | … | … |").splitlines()
    )


def test_every_room_of_the_page_is_a_folder() -> None:
    section = _section(documents.PAGE, "Rooms")
    named = re.findall(r"^\| `([\w/]+)/?` \|", section, re.MULTILINE)
    assert len(named) > len(wiring.ROOMS)
    assert [name for name in named if not (ROOT / name).is_dir()] == []


@pytest.mark.parametrize("folder", ["decisions", "how-to"])
def test_index_names_every_page(folder: str) -> None:
    here = ROOT / "docs" / folder
    pages = {path.name for path in here.glob("*.md")} - {"README.md"}
    assert {found[0] for found in _LINK.findall((here / "README.md").read_text())} == pages


def _spans(document: Path) -> list[str]:
    return _SPAN.findall(_FENCE.sub("", document.read_text()))


def _commands(document: Path, program: str) -> Iterator[list[str]]:
    """The plain words after a program's name, in spans and at the beginning of lines of code."""
    text = document.read_text()
    code = [line for fence in _FENCE.finditer(text) for line in fence.group().splitlines()]
    begins = re.compile(rf"(?:\.venv/bin/)?{program} ((?:[a-z][a-z-]*(?: |$))+)")
    for line in [*_SPAN.findall(_FENCE.sub("", text)), *code]:
        found = begins.match(line.strip())
        if found is not None:
            yield found.group(1).split()


def _somewhere(name: str) -> bool:
    return any(next((ROOT / folder).rglob(name), None) for folder in ("scrm", "simulator", "workers"))


def _section(document: Path, heading: str) -> str:
    return document.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", document.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
