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


def member_by_userid(key: str, zh: str, en: str, **options: Any) -> Member:
    """The same for a column of userids in lower case."""
    return Member(key, zh, en, find=_folded, called=_called_by_userid, **options)


def _ids(asked: Asked, userids: Sequence[str]) -> list[int]:
    return [staff.id for staff in staff_by_userids(asked.session, userids).values()]


def _folded(_asked: Asked, userids: Sequence[str]) -> list[str]:
    return [userid.lower() for userid in userids]


def _called(asked: Asked, ids: Sequence[int]) -> Mapping[int, dict[str, str]]:
    return {number: _shown(staff) for number, staff in staff_by_ids(asked.session, ids).items()}


def _called_by_userid(asked: Asked, userids: Sequence[str]) -> Mapping[str, dict[str, str]]:
    found = staff_by_userids(asked.session, userids)
    return {
        userid: _shown(found[userid]) if userid in found else {"userid": userid, "name": userid}
        for userid in userids
        if userid
    }


def _shown(staff: Staff) -> dict[str, str]:
    return {"userid": staff.userid, "name": staff.name or staff.userid}
