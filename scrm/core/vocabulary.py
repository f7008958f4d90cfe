"""Texts of an answer that are words of ours: the document lists them, and a word of another version is still answered.

A row may have been written by a newer version, before it was taken back; an enumeration would make that an error.
"""

from collections.abc import Iterable

from pydantic import WithJsonSchema


def one_of(words: Iterable[str]) -> WithJsonSchema:
    """For a field that is a text: ``kind: Annotated[str, one_of(KINDS)]``."""
    return WithJsonSchema({"type": "string", "enum": sorted(words)})
