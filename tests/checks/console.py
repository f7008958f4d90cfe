"""No word and no CSS class of the console stands there that no page uses.

``python -m tests.checks.console`` prints each and fails if there is one. A name that a page puts together, like
``t(`alert.${state}`)``, uses all that fit its pattern. Code that nothing uses is found by `knip`.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "admin_ui" / "src"
_PLURAL = re.compile(r"_(zero|one|two|few|many|other)$")
_HOLE = re.compile(r"\$\{(?:[^{}]|\{[^}]*\})*\}")
_CLASS = re.compile(r"\.([a-z][\w-]*)")
_OTHERS = ("ant-", "rc-")  # antd draws them


def unused() -> list[str]:
    code = "\n".join(path.read_text() for path in _code())
    literals = set(re.findall(r"['\"]([A-Za-z][\w.-]*)['\"]", code))
    patterns = [_pattern(template) for template in re.findall(r"`([^`\n]*\$\{[^`\n]*)`", code)]
    made = re.findall(r"([a-z][\w-]*-)\$\{", code)
    words = [
        f"{name}: unused word {key}"
        for name, key in _words()
        if key not in literals
        # A helper is given the group by name, and the word in it by what the service answered.
        and key.rpartition(".")[0] not in literals
        and not any(pattern is not None and pattern.fullmatch(key) for pattern in patterns)
    ]
    classes = [
        f"unused class {name}"
        for name in sorted(_classes())
        if not name.startswith(_OTHERS)
        and not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", code)
        and not any(name.startswith(beginning) for beginning in made)
    ]
    return words + classes


def _code() -> Iterator[Path]:
    for path in [*SOURCE.rglob("*.ts"), *SOURCE.rglob("*.tsx")]:
        if ".test." not in path.name and path.name != "schema.d.ts":
            yield path


def _pattern(template: str) -> re.Pattern[str] | None:
    """What keys a template can make; none for one that makes no key."""
    parts = _HOLE.split(template)
    if "." not in template or not all(re.fullmatch(r"[\w.-]*", part) for part in parts) or not parts[0]:
        return None
    return re.compile(r"[\w.-]+".join(map(re.escape, parts)))


def _words() -> Iterator[tuple[str, str]]:
    """File and key of every word, as pages name it."""
    for path in sorted(SOURCE.rglob("*zh-CN.json")):
        for key in _leaves(json.loads(path.read_text()), ""):
            yield str(path.relative_to(SOURCE)), _PLURAL.sub("", key)


def _leaves(value: Any, key: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield key
        return
    for name, inner in value.items():
        yield from _leaves(inner, f"{key}.{name}" if key else name)


def _classes() -> set[str]:
    sheets = "\n".join(path.read_text() for path in SOURCE.rglob("*.css"))
    plain = re.sub(r"/\*.*?\*/|url\([^)]*\)|:not\(\.x\)", "", sheets, flags=re.DOTALL)
    return set(_CLASS.findall(plain))


if __name__ == "__main__":
    found = unused()
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.exit(1 if found else 0)
