"""What takes a second person: a kind of approval is a file of the room whose records it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from scrm.core import audit
from scrm.core.errors import AppError
from scrm.identity.actor import Actor
from scrm.identity.admission import admitted_accounts
from scrm.identity.models import Role
from scrm.identity.permissions import ROLE_PERMISSIONS, Permission

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[R]):
    """A kind of approval of records of one kind.

    Whoever decides has ``permission`` and is none of those who asked or wrote (``asked_by``, as the trail names users):
    they get ``own``, and who withdraws without having asked gets ``not_asked``. ``waits`` tells whether a record waits
    to be decided on; ``decided`` is raised if it does not. The last three say what happens then, in the decision's
    transaction: they write the record and the audit event. Rejecting and withdrawing may have a reason.
    """

    name: str
    zh: str
    en: str
    record: str
    permission: Permission
    waits: Callable[[R], bool]
    asked_by: Callable[[R], tuple[str | None, ...]]
    own: type[AppError]
    decided: Callable[[R], AppError]
    not_asked: type[AppError]
    confirmed: Callable[[Session, audit.Who, R], None]
    rejected: Callable[[Session, audit.Who, R, str | None], None]
    withdrawn: Callable[[Session, audit.Who, R, str | None], None]

    def may_decide(self, actor: Actor, row: R) -> bool:
        """Whether the actor may decide on this now."""
        return self.waits(row) and self.permission in actor.permissions and not self.is_own(actor, row)

    def may_withdraw(self, actor: Actor, row: R) -> bool:
        """Whether the actor may take this back now."""
        return self.waits(row) and self.permission in actor.permissions and self.is_own(actor, row)

    def is_own(self, actor: Actor, row: R) -> bool:
        """Whether the actor is one of those who asked or wrote."""
        return actor.audit_name in self.asked_by(row)

    def deciders(self, session: Session, *asked_by: str | None) -> int:
        """How many accounts may sign in now and decide on what these people asked for."""
        return sum(
            self.permission in ROLE_PERMISSIONS[Role(account.role)] and f"user:{account.name}" not in asked_by
            for account in admitted_accounts(session)
        )


def is_needed(size: int, *limits: int | None) -> bool:
    """Whether something of this size takes a second person: it is above the lowest of the limits that are set."""
    return size > min(limit for limit in limits if limit is not None)
