"""The demo's logins: one per role, only on loopback, with passwords derived from the deployment's key."""

import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from scrm.core import sealing
from scrm.core.db import platform_transaction
from scrm.core.settings import DEMO_CORP_ID, settings
from scrm.identity import accounts
from scrm.identity.errors import AccountNameTaken, StaffTaken
from scrm.identity.models import Account, Role
from scrm.identity.schemas import DemoLogin, LoginCorp, LoginOptions
from scrm.wecom import corps
from scrm.wecom.models import Corp

_ACCOUNTS = (
    ("admin", Role.ADMINISTRATOR),
    ("sales", Role.SALES),
    ("compliance", Role.COMPLIANCE),
    ("marketer", Role.MARKETER),
)


def logins(session: Session) -> list[DemoLogin]:
    """The demo's logins; none outside a demo on loopback."""
    config = settings()
    if not config.demo or not config.loopback:
        return []
    own = select(Account.name).join(Corp, Corp.id == Account.corp_no).where(Corp.corp_id == DEMO_CORP_ID)
    present = set(session.scalars(own))
    return [
        DemoLogin(name=name, password=_password(wanted), role=role, display_name=name)
        for wanted, role in _ACCOUNTS
        for name in [name for name in _names(wanted) if name in present][:1]
    ]


def create_accounts(userids: dict[Role, str]) -> list[DemoLogin]:
    """Make the demo's accounts that are not there yet; ``userids`` maps role to the member behind it."""
    accounts.set_disabled(DEMO_CORP_ID, disabled=False)
    present = accounts.account_names(DEMO_CORP_ID)
    for wanted, role in _ACCOUNTS:
        if present.isdisjoint(_names(wanted)):
            _create(wanted, role, userids.get(role))
    with platform_transaction() as session:
        return logins(session)


def options(session: Session) -> LoginOptions:
    """What the sign-in page offers."""
    return LoginOptions(
        corps=[LoginCorp(corp_id=corp.corp_id, name=corp.name) for corp in corps.served(session)],
        demo_logins=logins(session),
    )


def _names(wanted: str) -> tuple[str, str]:
    """Names are unique in the deployment, and a real corp on the same data may have this one already."""
    return wanted, f"demo-{wanted}"


def _create(wanted: str, role: Role, userid: str | None) -> None:
    for name in _names(wanted):
        for member in (userid, None):  # a visitor may have given the member an account
            try:
                accounts.create_account(
                    name, role=role, corp_id=DEMO_CORP_ID, userid=member, password=_password(wanted)
                )
            except AccountNameTaken:
                break
            except StaffTaken:
                continue
            return


def _password(name: str) -> str:
    key = sealing.derive(settings().secret_key, "demo logins")
    return "demo-" + hmac.new(key, name.encode(), "sha256").hexdigest()[:10]
