"""Why a search found a customer, where what matched is not what the list shows."""

from collections.abc import Callable, Iterable

from scrm.core import numbers, search
from scrm.customers.file.models import Customer, FollowRelation
from scrm.customers.file.queries.contacts import Contact
from scrm.customers.file.schemas import FoundBy, FoundIn

Shown = Callable[[FollowRelation], Callable[[str], str]]


def reason(
    words: str,
    customer: Customer,
    contact: Contact,
    relations: Iterable[FollowRelation],
    *,
    shown: Shown,
    named: Callable[[int], str],
) -> FoundBy | None:
    """What matched and whose it is; none if the name itself did. ``shown`` masks what a member wrote."""
    if not search.fold(words) or search.goes_by(words, customer.name, ids=[contact.external_userid or ""]):
        return None
    if search.goes_by(words, contact.corp_name, contact.corp_full_name):
        return FoundBy(field=FoundIn.CORP, text=contact.corp_full_name or contact.corp_name, staff_name="")
    for relation in relations:
        who, mask = named(relation.staff_id), shown(relation)
        if search.goes_by(words, *_parts(relation.remark)):
            return FoundBy(field=FoundIn.REMARK, text=mask(relation.remark), staff_name=who)
        if search.goes_by(words, *_parts(relation.remark_corp_name)):
            return FoundBy(field=FoundIn.REMARK_CORP, text=mask(relation.remark_corp_name), staff_name=who)
        known = [*relation.remark_mobiles, *_numbers(relation.remark), *_numbers(relation.remark_corp_name)]
        for number in known:
            if search.is_number(words, number):
                field = FoundIn.PHONE if search.phone(words) else FoundIn.PHONE_END
                return FoundBy(field=field, text=numbers.mask(number), staff_name=who)
    return None


def number_found(words: str, shown: str | None) -> FoundBy | None:
    """A number entered by hand matched: it is shown masked, and is no member's own."""
    if shown is None:
        return None
    end = search.phone(words) is None and search.fold(words).isdecimal()
    return FoundBy(field=FoundIn.PHONE_END if end else FoundIn.PHONE, text=shown, staff_name="")


def _parts(text: str) -> list[str]:
    """What of a text is searched as words: all but numbers of persons, which are found whole or by their end."""
    return [part for part in numbers.without(text)[0] if part]


def _numbers(text: str) -> list[str]:
    return numbers.without(text)[1]
