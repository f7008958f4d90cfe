"""Every record kind, field and option has words in both languages, every field says what serves it, no sort is null.

``python -m tests.checks.records`` prints what is wrong, and fails if anything is.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from scrm import wiring
from scrm.core.records.field import Served
from scrm.shared.records import catalogue
from scrm.shared.records.catalogue import Known

_CHINESE, _ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]")


def missing(kinds: Iterable[Known]) -> list[str]:
    return [line for known in kinds for line in _lines(known)]


def _lines(known: Known) -> Iterator[str]:
    kind = known.kind
    yield from _words(f"the record kind {kind.name}", kind)
    for key, part in known.parts.items():
        field, name = part.field, f"{kind.name}.{key}"
        yield from _words(f"the field {name}", field)
        for option in field.options or ():
            yield from _words(f"the value {option.value} of {name}", option)
        if not isinstance(field.served, Served):
            yield f"the field {name} does not say what serves it: one of {', '.join(Served)}"
        if isinstance(field.sort, InstrumentedAttribute) and field.sort.expression.nullable:
            yield f"the field {name} sorts by a column that may be null, which pages would lose"


def _words(what: str, named: Any) -> Iterator[str]:
    if not _CHINESE.search(named.zh):
        yield f"{what} has no Chinese words"
    if not _ENGLISH.search(named.en):
        yield f"{what} has no English words"


if __name__ == "__main__":
    wiring.wire()
    lacking = missing(catalogue.KINDS.values())
    sys.stdout.write("".join(f"{line}\n" for line in lacking))
    sys.exit(1 if lacking else 0)
