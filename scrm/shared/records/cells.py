"""What a list shows in its columns, by the record's number."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from scrm.core.records.field import Asked, Field
from scrm.shared.records.catalogue import Known
from scrm.shared.records.errors import ColumnUnknown


def chosen(known: Known, columns: Iterable[str]) -> list[Field]:
    """The fields of these keys, in order; raises `ColumnUnknown`."""
    keys = list(dict.fromkeys(columns))
    for key in keys:
        if key not in known.parts or not known.parts[key].field.is_column:
            raise ColumnUnknown(at="columns", field=key[:64], known=known.columns)
    return [known.parts[key].field for key in keys]


def cells_of(asked: Asked, known: Known, fields: Sequence[Field], ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Value by key for each of these records; plain columns by one statement."""
    found: dict[int, dict[str, Any]] = {number: {} for number in ids}
    if not ids:
        return found
    plain = [field for field in fields if field.value is None]
    stored = {}
    if plain:
        query = select(known.kind.key, *(field.expression(asked) for field in plain)).where(known.kind.key.in_(ids))
        stored = {row[0]: row[1:] for row in asked.session.execute(query)}
    for field in fields:
        if field.value is not None:
            values = field.value(asked, ids)
            shown = {number: values.get(number) for number in ids}
        else:
            place = plain.index(field)
            said = field.shows(asked, list(dict.fromkeys(row[place] for row in stored.values())))
            shown = {number: said.get(stored[number][place]) if number in stored else None for number in ids}
        for number in ids:
            found[number][field.key] = shown[number]
    return found
