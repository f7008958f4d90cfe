"""What PostgreSQL can hold of parsed JSON: no NUL, no half of a surrogate pair, numbers of 64 bits."""

from typing import Any


def storable(value: Any) -> bool:
    """Whether PostgreSQL could hold it as it is."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, dict):
        return all(storable(key) and storable(item) for key, item in value.items())
    return all(map(storable, value)) if isinstance(value, list) else True


def cleaned(value: Any) -> Any:
    """Parsed JSON without NULs and halves of surrogate pairs, for what must be kept whatever it holds."""
    if isinstance(value, str):
        # Most text is fine, and asking costs a third of making it anew.
        if value.isascii() and "\0" not in value:
            return value
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {cleaned(key): cleaned(item) for key, item in value.items()}
    return [cleaned(item) for item in value] if isinstance(value, list | tuple) else value
