"""Who works on behind a request that is over: an account with the data scope it had, never wider than at the start."""

from sqlalchemy import BigInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from scrm.core.audit import NOWHERE
from scrm.core.db import platform_tables
from scrm.identity import admission, queries
from scrm.identity.actor import Actor
from scrm.identity.models import Account, Role
from scrm.wecom.models import Corp


class Stored:
    """The columns of work that is done for an account."""

    account_id: Mapped[int] = mapped_column(BigInteger)
    asked_by: Mapped[str] = mapped_column(Text)  # as the audit trail names users
    asked_by_name: Mapped[str] = mapped_column(Text)
    scope: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))  # staff ids; none for the whole corp

    @property
    def audit_name(self) -> str:
        return self.asked_by

    @property
    def source(self) -> None:
        """None: the request is over."""

    def on_behalf_of(self, actor: Actor) -> None:
        """Remember who asks, and what they see now."""
        self.account_id, self.asked_by, self.asked_by_name = actor.account_id, actor.audit_name, actor.display_name
        self.scope = None if actor.scope is None else sorted(actor.scope)


def acting(session: Session, work: Stored) -> Actor | None:
    """The actor as they stand now, within the scope of then; none if they may not come in any more."""
    with platform_tables(session) as number:
        account = session.get(Account, work.account_id)
        corp = session.get_one(Corp, number)
    if account is None or account.corp_no != number:
        return None
    staff = admission.members_behind(session, [account]).get((account.userid or "").lower())
    if not admission.admitted(session, account, staff):
        return None
    role = Role(account.role)
    now = queries.scope(session, role=role, staff=staff)
    return Actor(
        account_id=account.id,
        name=account.name,
        display_name=staff.name if staff and staff.name else account.name,
        role=role,
        corp=corp.id,
        corp_id=corp.corp_id,
        corp_name=corp.name,
        userid=account.userid,
        scope=_narrower(now, work.scope),
        csrf_token="",  # nosec B106: there is no request
        must_change_password=False,
        session_hash=None,
        source=NOWHERE,
    )


def _narrower(now: frozenset[int] | None, then: list[int] | None) -> frozenset[int] | None:
    if then is None:
        return now
    return frozenset(then) if now is None else now & frozenset(then)
