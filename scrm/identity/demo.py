"""The demo's logins: one per role, only on loopback, with passwords derived from the deployment's key."""

import hmac

from sqlalchemy.orm import Session

from scrm.core import sealing
from scrm.core.settings import settings
from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.identity.schemas import DemoLogin, LoginCorp, LoginOptions
from scrm.wecom import corps

_ACCOUNTS = (
    ("admin", Role.ADMINISTRATOR),
    ("sales", Role.SALES),
    ("compliance", Role.COMPLIANCE),
    ("marketer", Role.MARKETER),
)


def logins() -> list[DemoLogin]:
    """The demo's logins; none outside a demo on loopback."""
    config = settings()
    if not config.demo or not config.loopback:
        return []
    return [DemoLogin(name=name, password=_password(name), role=role, display_name=name) for name, role in _ACCOUNTS]


def create_accounts(corp_id: str, userids: dict[Role, str]) -> None:
    """Make the demo's accounts that are not there yet; ``userids`` maps role to the member behind it."""
    accounts.set_disabled(corp_id, disabled=False)
    present = accounts.account_names(corp_id)
    for demo in logins():
        if demo.name not in present:
            accounts.create_account(
                demo.name,
                role=demo.role,
                corp_id=corp_id,
                userid=userids.get(demo.role),
                password=demo.password,
            )


def options(session: Session) -> LoginOptions:
    """What the sign-in page offers."""
    return LoginOptions(
        corps=[LoginCorp(corp_id=corp.corp_id, name=corp.name) for corp in corps.served(session)],
        demo_logins=logins(),
    )


def _password(name: str) -> str:
    key = sealing.derive(settings().secret_key, "demo logins")
    return "demo-" + hmac.new(key, name.encode(), "sha256").hexdigest()[:10]
