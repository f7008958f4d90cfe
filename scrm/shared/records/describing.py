"""Kinds as clients get them."""

from scrm.identity.actor import Actor
from scrm.shared.records.catalogue import Known, Part
from scrm.shared.records.schemas import ChoiceRow, FieldRow, KindDetail, KindRow


def row(known: Known) -> KindRow:
    kind = known.kind
    return KindRow(name=kind.name, zh=kind.zh, en=kind.en, list=kind.list, path=kind.path)


def detail(known: Known, actor: Actor) -> KindDetail:
    return KindDetail(
        **dict(row(known)),
        default_sort=known.kind.default_sort,
        default_columns=known.default_columns,
        export=known.kind.export in actor.permissions,
        sorts=known.sorts,
        fields=[_field(part) for part in known.parts.values()],
    )


def _field(part: Part) -> FieldRow:
    field = part.field
    options = field.options
    return FieldRow(
        key=field.key,
        zh=field.zh,
        en=field.en,
        type=field.shape,
        operators=list(field.operators),
        choices=None if options is None else [ChoiceRow(value=one.value, zh=one.zh, en=one.en) for one in options],
        filter=bool(field.operators),
        sort=field.sort is not None,
        column=field.is_column,
        from_room=part.room,
    )
