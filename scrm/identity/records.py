"""Members as fields of record kinds: looked for by userid, shown by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from scrm.core.records.field import Asked
from scrm.core.records.fields import Member
from scrm.identity.models import Staff
from scrm.identity.queries import staff_by_ids, staff_by_userids


def member(key: str, zh: str, en: str, **options: Any) -> Member:
    """A column of staff ids, or what ``among`` says of some of them."""
    return Member(key, zh, en, find=_ids, called=_called, **options)


def _ids(asked: Asked, userids: Sequence[str]) -> list[int]:
    return [staff.id for staff in staff_by_userids(asked.session, userids).values()]


def _called(asked: Asked, ids: Sequence[int]) -> Mapping[int, dict[str, str]]:
    return {number: _shown(staff) for number, staff in staff_by_ids(asked.session, ids).items()}


def _shown(staff: Staff) -> dict[str, str]:
    return {"userid": staff.userid, "name": staff.name or staff.userid}
