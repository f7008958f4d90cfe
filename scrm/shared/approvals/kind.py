"""What takes a second person: a kind of approval is a file of the room whose records it is about."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from scrm.core.errors import AppError
from scrm.identity.actor import Actor
from scrm.identity.admission import admitted_accounts
from scrm.identity.models import Role
from scrm.identity.permissions import ROLE_PERMISSIONS, Permission


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of approval of records of one kind.

    Whoever decides has ``permission``, and is none of those who asked or wrote: they get ``own``.
    """

    name: str
    zh: str
    en: str
    record: str
    permission: Permission
    own: type[AppError]

    def check(self, actor: Actor, *asked_by: str | None) -> None:
        """Raise ``own`` if one of these, as the trail names users, is the actor; the route has seen the permission."""
        if actor.audit_name in asked_by:
            raise self.own()

    def may_decide(self, actor: Actor, *asked_by: str | None) -> bool:
        """Whether the actor may decide on what these people asked for."""
        return self.permission in actor.permissions and actor.audit_name not in asked_by

    def deciders(self, session: Session, *asked_by: str | None) -> int:
        """How many accounts may sign in now and decide on what these people asked for."""
        return sum(
            self.permission in ROLE_PERMISSIONS[Role(account.role)] and f"user:{account.name}" not in asked_by
            for account in admitted_accounts(session)
        )


def is_needed(size: int, *limits: int | None) -> bool:
    """Whether something of this size takes a second person: it is above the lowest of the limits that are set."""
    return size > min(limit for limit in limits if limit is not None)
