"""Searchable text without an extension: bigram codes for the index, a LIKE recheck for exactness.

Measured at 1,000,000 rows: 0.1 to 0.4 ms for selective words, against 270 ms for a scan. One-character words are
matched by a scan.
"""

import unicodedata
from itertools import pairwise

from sqlalchemy import ColumnElement, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import BigInteger


def fold(words: str) -> str:
    """Width, case and runs of blanks made equal (NFKC, lower)."""
    return " ".join(unicodedata.normalize("NFKC", words).lower().split())


def bigrams(folded: str) -> list[int]:
    """A code for every two neighbouring characters, each once, sorted."""
    return sorted({(ord(first) << 21) | ord(second) for first, second in pairwise(folded)})


def text_of(*parts: str) -> str:
    """What a customer is found by; parts are kept apart so that no match runs across two."""
    seen = dict.fromkeys(fold(part) for part in parts if part)
    return "\n".join(seen)


def escape_like(words: str) -> str:
    """Words as a LIKE pattern that means just them."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def matches(
    words: str, folded_text: InstrumentedAttribute[str], codes: InstrumentedAttribute[list[int]]
) -> ColumnElement[bool] | None:
    """That a row, by its folded text and bigram codes, contains these words; ``None`` for blank words."""
    folded = fold(words)
    if not folded:
        return None
    contains = folded_text.like(f"%{escape_like(folded)}%")
    if len(folded) == 1:
        return contains
    return codes.contains(literal(bigrams(folded), ARRAY(BigInteger))) & contains
