"""No function, class or constant of the service stands there that nothing of the service uses.

``python -m tests.checks.dead`` prints each and fails if there is one. What is registered by a decorator (routes,
commands, the simulator's pages and acts) is used by its registry; what a framework calls, or only tests, is named here.
"""

import sys
from pathlib import Path

import vulture

ROOT = Path(__file__).parents[2]
SOURCES = ["scrm", "simulator", "workers", "rsgi.py", "wsgi.py"]
_KINDS = {"function", "method", "class", "property", "import", "unreachable_code"}
# Of these alone the decorated thing has still to be used by its name.
_TRANSPARENT = {"staticmethod", "classmethod", "property", "contextmanager", "cache", "lru_cache", "dataclass"}
CALLED_BY_OTHERS = {
    "list_commands": "click asks a group for its commands",
    "__call__": "a protocol of something that is called",
    "show": "click shows what went wrong",
    "get_command": "click asks a group for its commands",
    "formatException": "the standard library's logging",
    "get_redirect_target": "requests, of a session",
    "connection_dropped": "the standard library's HTTP server",
    "ClockOffset": "the table's model: migrations are compared with it, statements are written by hand",
    "drain_job": "RQ calls it by name from the queue",
    "create_database": "tests and benchmarks make databases in a throwaway cluster",
    "postgres_server": "tests and benchmarks",
    "redis_server": "tests and benchmarks",
    "KIND": "found by its folder",
    "WORLDS": "imported for the calls that they register",
    "NOUNS": "imported for the verbs that they register",
    "reasons": "a test compares it with the constraints of the database",
    "REPLIES": "tests compare it with the document and with the requests",
    "topics": "a test compares it with the document",
}


def findings() -> list[str]:
    """Each as ``path:line: kind name``."""
    found = vulture.Vulture()
    found.scavenge([str(ROOT / source) for source in SOURCES], exclude=["*/migrations/*"])
    return [
        f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno}: unused {item.typ} {item.name}"
        for item in found.get_unused_code(min_confidence=60)
        if _kind(item) and item.name not in CALLED_BY_OTHERS and not _is_registered(item)
    ]


def unneeded() -> list[str]:
    """Names of `CALLED_BY_OTHERS` that are no longer there."""
    text = "\n".join(
        path.read_text() for source in ("scrm", "simulator", "workers") for path in (ROOT / source).rglob("*.py")
    )
    return [f"no longer there: {name}" for name in CALLED_BY_OTHERS if name not in text]


def _kind(item: vulture.core.Item) -> bool:
    is_constant = item.typ == "variable" and item.name.isupper() and not _line(item).startswith(" ")
    return is_constant or (item.typ in _KINDS and "TYPE_CHECKING" not in _above(item))


def _line(item: vulture.core.Item) -> str:
    return str(_text(item)[item.first_lineno - 1])


def _above(item: vulture.core.Item) -> str:
    return "\n".join(_text(item)[max(item.first_lineno - 4, 0) : item.first_lineno])


def _text(item: vulture.core.Item) -> list[str]:
    return Path(str(item.filename)).read_text().splitlines()


def _is_registered(item: vulture.core.Item) -> bool:
    line = _line(item).strip()
    return line.startswith("@") and line[1:].partition("(")[0].rpartition(".")[2] not in _TRANSPARENT


if __name__ == "__main__":
    wrong = findings() + unneeded()
    sys.stdout.write("".join(f"{line}\n" for line in wrong))
    sys.exit(1 if wrong else 0)
