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

    package: str  # with `KINDS`
    words: str
    group: str
    tests: str | None  # a file each; none where one test goes through all kinds
    views: str | None = None
    reasons: str | None = None  # the group of words with the names of what a kind is closed with

    @property
    def folder(self) -> str:
        return self.package.replace(".", "/")


REGISTRIES = (
    Registry(
        package="scrm.compliance.alerts.kinds",
        words="alerts",
        group="alertKind",
        views="admin_ui/src/features/alerts/kinds",
        tests="tests/rooms/alerts/kinds",
        reasons="closeReason",
    ),
    Registry(
        package="scrm.compliance.rules.kinds",
        words="rules",
        group="ruleKind",
        views="admin_ui/src/features/rules/kinds",
        tests="tests/rooms/rules/kinds",
    ),
    Registry(
        package="scrm.customers.file.kinds",
        words="timeline",
        group="timeline",
        views="admin_ui/src/features/customers/kinds",
        tests=None,  # `tests/rooms/customers/test_timeline_kinds.py` goes through all
    ),
)


def missing() -> list[str]:
    """Each face that some kind lacks, and each that belongs to no kind."""
    return [line for registry in REGISTRIES for line in (*_faces(registry), *_wordings(registry))]


def _faces(registry: Registry) -> Iterator[str]:
    places = {
        "file of the service": (f"{registry.folder}/{{}}.py", ""),
        "words in Chinese": (f"{_WORDS}/{registry.words}/{{}}.zh-CN.json", ""),
        "words in English": (f"{_WORDS}/{registry.words}/{{}}.en-US.json", ""),
        "view": (f"{registry.views}/{{}}.tsx", "") if registry.views else None,
        "test": (f"{registry.tests}/test_{{}}.py", "test_") if registry.tests else None,
    }
    found = {face: _stems(*place) for face, place in places.items() if place is not None}
    for name in sorted(set().union(*found.values())):
        for face, names in found.items():
            if name not in names:
                yield f"{registry.words}: the kind {name} has no {face}: {(places[face] or ('', ''))[0].format(name)}"


def _stems(pattern: str, prefix: str) -> set[str]:
    folder, _, name = pattern.rpartition("/")
    ending = name.partition("{}")[2]
    paths = (ROOT / folder).glob(f"{prefix}*{ending}")
    return {path.name.removeprefix(prefix).removesuffix(ending) for path in paths} - {"__init__"}


def _wordings(registry: Registry) -> Iterator[str]:
    kinds: Mapping[str, Any] = importlib.import_module(registry.package).KINDS
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
