"""Every kind has all its faces: a file of the service, a view, words in both languages, and a test.

``python -m tests.checks.kinds`` prints what is missing or left over, and fails if anything is. What a kind is called
stands in its file and in its words, so the two are compared.
"""

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_WORDS = "admin_ui/src/shared/terms"
_LANGUAGES = {"zh-CN": "zh", "en-US": "en"}


@dataclass(frozen=True)
class Registry:
    """Kinds of one sort: where each of their faces stands, and the group of words with their names."""

    packages: tuple[str, ...]  # with `KINDS`
    words: str
    group: str
    tests: str | None  # a file each; none where one test goes through all kinds
    views: str | None = None
    reasons: str | None = None  # the group of words with the names of what a kind is closed with

    @property
    def folders(self) -> list[str]:
        return [package.replace(".", "/") for package in self.packages]

    def kinds(self) -> dict[str, Any]:
        """All kinds by name."""
        return {
            name: kind for package in self.packages for name, kind in importlib.import_module(package).KINDS.items()
        }


def _of_rooms(folder: str) -> tuple[str, ...]:
    """The folders of this name, of whatever room; a room that begins to have kinds is looked at by that."""
    found = sorted((ROOT / "scrm").rglob(f"{folder}/__init__.py"))
    names = [".".join(path.parent.relative_to(ROOT).parts) for path in found]
    return tuple(name for name in names if not name.startswith("scrm.shared."))


REGISTRIES = (
    Registry(
        packages=("scrm.compliance.alerts.kinds",),
        words="alerts",
        group="alertKind",
        views="admin_ui/src/features/alerts/kinds",
        tests="tests/rooms/alerts/kinds",
        reasons="closeReason",
    ),
    Registry(
        packages=("scrm.compliance.rules.kinds",),
        words="rules",
        group="ruleKind",
        views="admin_ui/src/features/rules/kinds",
        tests="tests/rooms/rules/kinds",
    ),
    Registry(
        packages=_of_rooms("notices"),
        words="notices",
        group="noticeKind",
        tests=None,  # `tests/rooms/notices/test_notices.py` goes through all
    ),
    Registry(
        packages=_of_rooms("approvals"),
        words="approvals",
        group="approvalKind",
        views="admin_ui/src/shared/approvals/kinds",
        tests=None,  # `tests/rooms/approvals/test_approvals.py` goes through all
    ),
    Registry(
        packages=("scrm.customers.file.kinds", "scrm.shared.timeline.kinds"),
        words="timeline",
        group="timeline",
        views="admin_ui/src/features/customers/kinds",
        tests=None,  # `tests/rooms/customers/test_timeline_kinds.py` and `tests/rooms/timeline` go through all
    ),
)


def missing() -> list[str]:
    """Each face that some kind lacks, and each that belongs to no kind."""
    return [line for registry in REGISTRIES for line in (*_faces(registry), *_wordings(registry))]


def _faces(registry: Registry) -> Iterator[str]:
    places = {
        "file of the service": [f"{folder}/{{}}.py" for folder in registry.folders],
        "words in Chinese": [f"{_WORDS}/{registry.words}/{{}}.zh-CN.json"],
        "words in English": [f"{_WORDS}/{registry.words}/{{}}.en-US.json"],
        "view": [f"{registry.views}/{{}}.tsx"] if registry.views else [],
        "test": [f"{registry.tests}/test_{{}}.py"] if registry.tests else [],
    }
    found = {face: set().union(*map(_named, patterns)) for face, patterns in places.items() if patterns}
    for name in sorted(set().union(*found.values())):
        for face, names in found.items():
            if name not in names:
                wanted = " or ".join(place.format(name) for place in places[face])
                yield f"{registry.words}: the kind {name} has no {face}: {wanted}"


def _named(pattern: str) -> set[str]:
    """What stands in place of the braces, of the files that there are."""
    folder, _, name = pattern.rpartition("/")
    before, _, ending = name.partition("{}")
    paths = (ROOT / folder).glob(f"{before}*{ending}")
    return {path.name.removeprefix(before).removesuffix(ending) for path in paths} - {"__init__"}


def _wordings(registry: Registry) -> Iterator[str]:
    kinds = registry.kinds()
    for language, attribute in _LANGUAGES.items():
        common = json.loads((ROOT / _WORDS / f"{language}.json").read_text())
        for name, kind in kinds.items():
            path = ROOT / _WORDS / registry.words / f"{name}.{language}.json"
            words = json.loads(path.read_text()) if path.exists() else {}
            yield from _differing(registry, path.name, registry.group, words, kind, attribute)
            if registry.reasons is None:
                continue
            known = {**common.get(registry.reasons, {}), **words.get(registry.reasons, {})}
            for reason in kind.reasons:
                yield from _differing(
                    registry, path.name, registry.reasons, {registry.reasons: known}, reason, attribute
                )


def _differing(
    registry: Registry, file: str, group: str, words: Mapping[str, Any], named: Any, attribute: str
) -> Iterator[str]:
    said, wanted = words.get(group, {}).get(named.name), getattr(named, attribute)
    if said != wanted:
        yield f"{registry.words}: {group}.{named.name} in {file} is {said!r}, and {wanted!r} in the file of the service"


if __name__ == "__main__":
    lacking = missing()
    sys.stdout.write("".join(f"{line}\n" for line in lacking))
    sys.exit(1 if lacking else 0)
