"""Budgets of the console's bundles, read from Vite's manifest: what a browser must load, gzipped, in kB.

``python -m tests.checks.bundle`` prints one line per entry and lazy route and fails if one is over its budget.
"""

import gzip
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

DIST = Path(__file__).parents[2] / "admin_ui" / "dist"
CONSOLE_KB = 260
SIDEBAR_KB = 250
ROUTE_KB = 130  # what a lazy route adds to the console
CHART_ROUTE_KB = 220


def over_budget(dist: Path) -> list[str]:
    """One sentence for each entry or lazy route above its budget; prints all sizes."""
    manifest: dict[str, dict[str, Any]] = json.loads((dist / ".vite" / "manifest.json").read_text())
    complaints = []
    for name, chunk in sorted(manifest.items()):
        if not chunk.get("isEntry"):
            continue
        entry = _files(manifest, name)
        limit = SIDEBAR_KB if "sidebar" in name else CONSOLE_KB
        complaints += _judged(dist, name, entry, limit)
        for route in chunk.get("dynamicImports", []):
            added = _files(manifest, route) - entry
            charts = any("chart" in file.lower() for file in added)
            complaints += _judged(dist, f"{name} + {route}", added, CHART_ROUTE_KB if charts else ROUTE_KB)
    return complaints


def _judged(dist: Path, name: str, files: set[str], limit: int) -> list[str]:
    size = sum(_gzipped(dist / file) for file in files) / 1000
    sys.stdout.write(f"{size:7.1f} kB of {limit:3d}  {name}\n")
    return [f"{name}: {size:.1f} kB gzipped, budget {limit} kB"] if size > limit else []


def _files(manifest: dict[str, dict[str, Any]], name: str) -> set[str]:
    """Script and style files that loading this chunk loads, without what it loads later."""
    files: set[str] = set()
    waiting, seen = [name], set()
    while waiting:
        chunk_name = waiting.pop()
        if chunk_name in seen:
            continue
        seen.add(chunk_name)
        chunk = manifest[chunk_name]
        files |= {chunk["file"], *chunk.get("css", [])}
        waiting += chunk.get("imports", [])
    return files


@cache
def _gzipped(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9))


if __name__ == "__main__":
    found = over_budget(DIST)
    sys.stdout.write("".join(f"{sentence}\n" for sentence in found))
    sys.exit(1 if found else 0)
