"""What a page of the console begins with, in its document: the files of its address, who is signed in, how far the
pulse is. So it takes three rounds: the document, the files beside each other, the data.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from scrm.core.db import platform_transaction
from scrm.core.errors import AppError, NotSignedIn
from scrm.identity import login
from scrm.operations import pulse

_SIGNING_IN = "/login"
_SIDEBAR = "sidebar.html"
_CONSOLE = "index.html"
# In a data block nothing may end it or begin another element.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def head(dist: Path, entry: str, path: str) -> str:
    """Elements for the document's head; nothing where the build does not know the address or the database is away."""
    facts = _facts()
    parts = list(_files(dist, path, signed_in=facts.get("me", facts) is not None)) if entry == _CONSOLE else []
    if facts and entry in {_CONSOLE, _SIDEBAR}:
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
        parts.append(f'<script type="application/json" id="opening">{text}</script>')
    return "".join(parts)


def _facts() -> dict[str, Any]:
    """Who is signed in, and the pulse; nobody is ``None``, and what cannot be told now is asked for by the page."""
    if not login.carries_session():
        return {"me": None}
    try:
        with platform_transaction() as session:
            actor = login.authenticate(session)
            facts: dict[str, BaseModel] = {"me": login.me(actor)}
            if not actor.must_change_password:
                facts["pulse"] = pulse.beginning(session, actor)
    except NotSignedIn:
        return {"me": None}
    except (AppError, SQLAlchemyError):
        return {}
    return {name: fact.model_dump(mode="json") for name, fact in facts.items()}


def _files(dist: Path, path: str, *, signed_in: bool) -> Iterator[str]:
    """Links to what the address needs beyond the entry."""
    manifest, routes = _read(dist / ".vite" / "manifest.json"), _read(dist / ".vite" / "pages.json")
    address = f"/{path}" if signed_in else _SIGNING_IN
    fitting = (page for route, page in routes.items() if _pattern(route).fullmatch(address))
    page = routes.get(address) or next(fitting, "")
    there = _reached(manifest, _CONSOLE, {})
    for file, kind in _reached(manifest, page, {}).items():
        if file not in there:
            yield f'<link rel="{kind}" crossorigin href="/{file}">'


def _reached(manifest: dict[str, Any], name: str, found: dict[str, str]) -> dict[str, str]:
    """Files of a module and of what it imports, with how they are linked."""
    chunk = manifest.get(name)
    if chunk is None or chunk["file"] in found:
        return found
    found[chunk["file"]] = "modulepreload"
    found.update(dict.fromkeys(chunk.get("css", ()), "stylesheet"))
    for other in chunk.get("imports", ()):
        _reached(manifest, other, found)
    return found


@cache
def _pattern(route: str) -> re.Pattern[str]:
    return re.compile("/".join("[^/]+" if part.startswith(":") else re.escape(part) for part in route.split("/")))


def _read(path: Path) -> dict[str, Any]:
    return _parsed(path, path.stat().st_mtime_ns) if path.is_file() else {}


@cache
def _parsed(path: Path, _changed_at: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
