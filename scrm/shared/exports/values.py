"""Values of a list's columns as a spreadsheet has them: words of ours in the reader's language, moments in China's."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from scrm.core import clock
from scrm.core.records.field import Field

_YES = {"zh": ("是", "否"), "en": ("yes", "no")}


def heads(fields: list[Field], language: str) -> list[str]:
    return [_word(field, language) for field in fields]


def row(fields: list[Field], cells: Mapping[str, Any], language: str) -> list[str | int]:
    """One record's cells in order, each a text or a whole number."""
    return [_value(field, cells.get(field.key), language) for field in fields]


def _value(field: Field, value: Any, language: str) -> str | int:
    if value is None:
        return ""
    said = _SAID.get(field.type)
    return said(value) if said is not None else _plain(field, value, language)


def _plain(field: Field, value: Any, language: str) -> str | int:
    if isinstance(value, bool):
        return _YES[language][0 if value else 1]
    if isinstance(value, int):
        return value
    if isinstance(value, list):
        return "、".join(str(_plain(field, one, language)) for one in value)
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("userid") or value.get("id") or "")
    words = {option.value: _word(option, language) for option in field.options or ()}
    return words.get(str(value), str(value))


def _moment(value: Any) -> str:
    return dt.datetime.fromisoformat(value).astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _member(value: Mapping[str, Any]) -> str:
    name, userid = value.get("name") or "", value.get("userid") or ""
    return f"{name} ({userid})" if name and name != userid else userid


_SAID: dict[str, Callable[[Any], str]] = {"moment": _moment, "member": _member}


def _word(said: Any, language: str) -> str:
    return str(said.zh if language == "zh" else said.en)
