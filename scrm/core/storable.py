"""What PostgreSQL can hold of parsed JSON: no NUL, no half of a surrogate pair, whole numbers of 64 bits, no NaN."""

import math
from typing import Any

_ID_LENGTH = 256


def storable(value: Any) -> bool:
    """Whether PostgreSQL could hold it as it is."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(storable(key) and storable(item) for key, item in value.items())
    return all(map(storable, value)) if isinstance(value, list) else True


def fit_for_id(value: str) -> bool:
    """Whether a text can be told apart from others by an index, and whatever its case.

    An index takes a third of a page. Beyond ASCII Python and PostgreSQL disagree on what is the small form.
    """
    if not value or len(value) > _ID_LENGTH:
        return False
    return value.isascii() or not any(character > "\x7f" and character.lower() != character for character in value)


def cleaned(value: Any) -> Any:
    """Parsed JSON as far as it can be kept: odd characters are replaced, a number that is none here is null."""
    if isinstance(value, str):
        # Most text is fine, and asking costs a third of making it anew.
        if value.isascii() and "\0" not in value:
            return value
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(item) for item in value]
    return None if isinstance(value, int | float) and not storable(value) else value
