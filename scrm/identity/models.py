"""Tables of identity: departments, staff and held departures (corp), accounts and their sessions (platform)."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Identity, Index, Integer, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from scrm.core import constraints
from scrm.core.db import CorpBase, PlatformBase, identity_key, moment

ROOT_DEPARTMENT = 1  # WeCom's id of the corp itself (page 90208)


class StaffStatus(StrEnum):
    """WeCom's member status (page 90196), and ``left`` for who is gone from the address book."""

    ACTIVE = "active"
    DISABLED = "disabled"
    NOT_ACTIVATED = "not_activated"
    LEFT = "left"


OUT = frozenset({StaffStatus.LEFT, StaffStatus.DISABLED})  # members whose customers are handed over


class HoldState(StrEnum):
    """What became of departures that a sync found and that nobody was shut out for yet."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"  # a later sync looked anew


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    SALES = "sales"
    COMPLIANCE = "compliance"
    MARKETER = "marketer"


class Department(CorpBase):
    """A department (部门) by WeCom's id; the root is 1."""

    __tablename__ = "department"

    id: Mapped[int] = identity_key()
    department_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    name: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int] = mapped_column(BigInteger)  # WeCom's id, 0 above the root
    position: Mapped[int] = mapped_column(BigInteger)  # WeCom's `order`: larger stands earlier
    leaders: Mapped[list[str]]  # userids
    removed_at: Mapped[dt.datetime | None] = moment()
    seen_in_sync: Mapped[int | None] = mapped_column(BigInteger)


class Staff(CorpBase):
    """A member (成员); never removed, since customers and alerts refer to them."""

    __tablename__ = "staff"
    __table_args__ = (Index("uq_staff_userid_folded", text("lower(userid)"), unique=True),)

    id: Mapped[int] = identity_key()
    userid: Mapped[str] = mapped_column(Text)  # compared without case (page 90196)
    name: Mapped[str] = mapped_column(Text)
    alias: Mapped[str] = mapped_column(Text)
    position: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    departments: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    main_department: Mapped[int | None] = mapped_column(BigInteger)
    leads: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))  # departments led
    direct_leader: Mapped[str | None] = mapped_column(Text)
    left_at: Mapped[dt.datetime | None] = moment()
    updated_at: Mapped[dt.datetime] = moment()  # when WeCom last told of them
    seen_in_sync: Mapped[int | None] = mapped_column(BigInteger)
    # WeCom has shown them, and no whole sync missed them since; false for who is known from a customer alone.
    present: Mapped[bool] = mapped_column(server_default=text("true"))
    reported: Mapped[str | None] = mapped_column(Text)  # out of service, says a sync that has not come to its end


class DepartureHold(CorpBase):
    """Departures that a sync found, held back since they would shut out too many; the row is the question."""

    __tablename__ = "departure_hold"
    __table_args__ = (Index("uq_departure_hold_open", "state", unique=True, postgresql_where=text("state = 'open'")),)

    id: Mapped[int] = identity_key()
    run_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    departures: Mapped[dict[str, Any]]  # staff id to what they would become: a status, or ``unseen``
    accounts_lost: Mapped[int] = mapped_column(Integer)
    accounts_total: Mapped[int] = mapped_column(Integer)
    last_administrator: Mapped[bool]
    found_at: Mapped[dt.datetime] = moment()
    decided_at: Mapped[dt.datetime | None] = moment()
    decided_by: Mapped[str | None] = mapped_column(Text)


class Account(PlatformBase):
    """A login of the console; names are unique in the deployment."""

    __tablename__ = "account"
    __table_args__ = (Index("uq_account_corp_userid", "corp_no", text("lower(userid)"), unique=True),)

    id: Mapped[int] = identity_key()
    name: Mapped[str] = mapped_column(Text, unique=True)
    corp_no: Mapped[int] = mapped_column(ForeignKey("scrm.corp.id"))
    role: Mapped[str] = mapped_column(Text)
    userid: Mapped[str | None] = mapped_column(Text)  # the staff member behind it
    password_hash: Mapped[str | None] = mapped_column(Text)
    must_change_password: Mapped[bool]
    one_time_until: Mapped[dt.datetime | None] = moment()  # of a one-time password; then it opens nothing
    disabled_at: Mapped[dt.datetime | None] = moment()
    created_at: Mapped[dt.datetime] = moment()
    last_seen_at: Mapped[dt.datetime | None] = moment()  # of sign-ins that are over; those that live know better

    def one_time_over(self, now: dt.datetime) -> bool:
        """Whether the password is a one-time one that has run out."""
        return self.must_change_password and self.one_time_until is not None and self.one_time_until <= now


class LoginSession(PlatformBase):
    """A signed-in browser, known by the SHA-256 of its token; ``id`` names it without opening anything."""

    __tablename__ = "login_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("scrm.account.id", ondelete="CASCADE"), index=True)
    by_password: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[dt.datetime] = moment()
    seen_at: Mapped[dt.datetime] = moment()
    expires_at: Mapped[dt.datetime] = moment()
    address: Mapped[str | None] = mapped_column(Text)  # from where it was seen last; these three none before 0.2
    browser: Mapped[str | None] = mapped_column(Text)  # a word of `scrm.identity.browsers`, as is the next
    system: Mapped[str | None] = mapped_column(Text)
    # Its cookie was given under https with a name that no other host can set.
    host_bound: Mapped[bool] = mapped_column(server_default=text("false"))


class ApiToken(PlatformBase):
    """A bearer token for programs, known by its SHA-256."""

    __tablename__ = "api_token"

    id: Mapped[int] = identity_key()
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("scrm.account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text, server_default=text("''"))  # what it is for, in its maker's words
    created_at: Mapped[dt.datetime] = moment()
    seen_at: Mapped[dt.datetime | None] = moment()
    expires_at: Mapped[dt.datetime | None] = moment()  # none where 0.1 made it while the upgrade was under way
    given_end: Mapped[bool] = mapped_column(server_default=text("false"))  # the upgrade gave it one


class OauthState(PlatformBase):
    """The state of a login through WeCom that somebody came in by: kept for its ten minutes, for single use."""

    __tablename__ = "oauth_state"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary)
    corp_no: Mapped[int] = mapped_column(ForeignKey("scrm.corp.id"))
    next_path: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[dt.datetime] = moment()


class LoginAttempts(PlatformBase):
    """A bucket of guesses at passwords: ``level`` as it stood ``at``; or, by name, how many were ``refused``."""

    __tablename__ = "login_attempts"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    level: Mapped[float] = mapped_column(Float)
    at: Mapped[dt.datetime] = moment(index=True)
    refused: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[int | None] = mapped_column(BigInteger)  # whose sum it is; no bucket says


constraints.handled("uq_department_department_id", "inserted on conflict")
constraints.handled("uq_staff_userid_folded", "inserted on conflict")
constraints.handled("pk_login_attempts", "inserted on conflict")
constraints.handled("pk_oauth_state", "the hash of 32 random bytes")
constraints.handled("pk_login_session", "the hash of 32 random bytes")
constraints.handled("uq_login_session_id", "numbered by the database")
constraints.handled("uq_api_token_token_hash", "the hash of 32 random bytes")
constraints.handled("uq_departure_hold_open", "made under the lock of the sync, when none is open")
