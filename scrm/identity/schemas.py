"""What identity takes in and gives out over HTTP."""

import datetime as dt
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from scrm.core.db import BIGGEST_ID
from scrm.core.paging import Page, PageQuery
from scrm.identity.models import Role, StaffStatus
from scrm.identity.permissions import Permission


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


class NewPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old: str = Field(min_length=1, max_length=256)
    new: str = Field(min_length=10, max_length=256)


class Me(BaseModel):
    """The signed-in user; ``csrf_token`` goes back in the header ``X-CSRF-Token`` of every changing request."""

    name: str
    display_name: str
    role: Role
    corp_id: str
    corp_name: str
    userid: str | None
    permissions: list[Permission]
    csrf_token: str
    must_change_password: bool
    demo: bool


class DemoLogin(BaseModel):
    name: str
    password: str
    role: Role
    display_name: str


class LoginCorp(BaseModel):
    corp_id: str
    name: str


class LoginOptions(BaseModel):
    """What the sign-in page offers; ``demo_logins`` is empty outside a demo."""

    corps: list[LoginCorp]
    demo_logins: list[DemoLogin]


class DepartmentRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    department_id: int
    name: str
    parent_id: int


class DepartmentList(BaseModel):
    items: list[DepartmentRow]


class StaffQuery(PageQuery):
    status: StaffStatus | None = None
    department_id: int | None = Field(default=None, le=BIGGEST_ID)


class StaffRow(BaseModel):
    userid: str
    name: str
    position: str
    status: StaffStatus
    departments: list[str]
    left_at: dt.datetime | None


class Colleague(BaseModel):
    """A member in service as the address book shows them to everybody of the corp."""

    userid: str
    name: str
    departments: list[str]


class ColleaguePage(Page[Colleague]):
    """A page of colleagues."""


class StaffPage(Page[StaffRow]):
    """A page of staff."""


class Access(StrEnum):
    """Whether somebody may sign in, and why not."""

    MAY_SIGN_IN = "may_sign_in"
    DISABLED = "disabled"  # the account, by an administrator
    NOT_IN_SERVICE = "not_in_service"  # the member left, is disabled or not activated, or is seen no longer
    NO_ACCOUNT = "no_account"  # made by the member's first sign-in through WeCom


class AccountRow(BaseModel):
    """A login of the console; ``userid`` is none for a local account."""

    name: str
    role: Role
    userid: str | None
    access: Access
    disabled_at: dt.datetime | None
    created_at: dt.datetime
    last_seen_at: dt.datetime | None
    sessions: int
    tokens: int
    one_time_until: dt.datetime | None  # of a one-time password that nobody has changed yet
    one_time_expired: bool


class AccountQuery(PageQuery):
    role: Role | None = None
    access: Access | None = None
    without_member: bool | None = None


class AccountPage(Page[AccountRow]):
    """A page of accounts; ``without_member`` gives local ones and those whose member nobody has met."""


class MemberQuery(PageQuery):
    status: StaffStatus | None = None
    department_id: int | None = Field(default=None, le=BIGGEST_ID)
    role: Role | None = None
    access: Access | None = None


class MemberRow(BaseModel):
    userid: str
    name: str
    position: str
    status: StaffStatus
    present: bool
    departments: list[str]
    left_at: dt.datetime | None
    access: Access
    account: AccountRow | None


class MemberPage(Page[MemberRow]):
    """A page of the corp's members with their accounts."""


class NewRole(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role


class SessionsEnded(BaseModel):
    ended: int


class SignInWay(StrEnum):
    PASSWORD = "password"  # nosec B105: a way, no password
    WECOM = "wecom"


class SessionRow(BaseModel):
    """A signed-in browser; ``address``, ``browser`` and ``system`` are of when it was seen last, none before 0.2."""

    id: int
    way: SignInWay
    address: str | None
    browser: str | None
    system: str | None
    created_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime
    current: bool


class SessionList(BaseModel):
    """The two hundred that were seen last."""

    items: list[SessionRow]


class TokenRow(BaseModel):
    """A bearer token, without what opens anything; those that have ended are shown for thirty days."""

    id: int
    name: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None
    ends_at: dt.datetime
    ends_soon: bool  # within thirty days
    ended: bool


class TokenList(BaseModel):
    """The two hundred newest."""

    items: list[TokenRow]


class OneTimePassword(BaseModel):
    """Shown once; whoever signs in with it has to choose one of their own."""

    password: str
    until: dt.datetime


class HeldMember(BaseModel):
    """One of those whose departure is held; ``becomes`` is a status, or ``unseen``."""

    userid: str
    name: str
    becomes: str
    role: Role | None


class DepartureHoldRow(BaseModel):
    """Departures that a sync found and that wait for a decision; ``members`` holds the first two hundred."""

    id: int
    found_at: dt.datetime
    accounts_lost: int
    accounts_total: int
    last_administrator: bool
    member_count: int
    members: list[HeldMember]


class DepartureHoldList(BaseModel):
    items: list[DepartureHoldRow]


class JssdkQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=2048)


class JssdkSignature(BaseModel):
    """What ``ww.register`` needs (page 90506); the two signatures are over different tickets."""

    corp_id: str
    agent_id: int
    timestamp: int
    nonce: str
    config_signature: str
    agent_config_signature: str
