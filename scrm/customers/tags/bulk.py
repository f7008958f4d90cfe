"""Tags of our own on many customers at once."""

from collections.abc import Mapping, Sequence

from scrm.contracts.customers import RECORD
from scrm.core.records.action import Action
from scrm.core.records.field import Asked
from scrm.customers.tags.actions import worn
from scrm.customers.tags.queries import own, tag_ids
from scrm.customers.tags.schemas import CustomerTagsChange
from scrm.identity.permissions import Permission


def _marks(asked: Asked, numbers: Sequence[int]) -> Mapping[int, list[str]]:
    """The ids of the tags of our own that each wears; every customer has a mark."""
    found = own(asked.session, numbers)
    ids = tag_ids(asked.session, {tag.number for tags in found.values() for tag in tags})
    return {number: [ids[tag.number] for tag in found.get(number, ())] for number in numbers}


def _apply(asked: Asked, number: int, body: CustomerTagsChange) -> None:
    worn.change(asked.session, asked.actor, str(number), body)


def _restore(asked: Asked, number: int, mark: list[str]) -> None:
    now = _marks(asked, [number])[number]
    back = CustomerTagsChange(
        add=[one for one in mark if one not in now], remove=[one for one in now if one not in mark]
    )
    worn.change(asked.session, asked.actor, str(number), back)


TAG_CUSTOMERS = Action(
    name="tag_customers",
    kind=RECORD,
    zh="批量打标签",
    en="Tag many customers",
    permission=Permission.CUSTOMERS_TAG,
    arguments=CustomerTagsChange,
    marks=_marks,
    apply=_apply,
    restore=_restore,
    check=lambda asked, body: worn.check(asked.session, body),
)
