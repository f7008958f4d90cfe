"""The demo: the simulator's corp, its logins, and a rule that its chats trip over."""

import yaml
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from scrm.compliance.rules.actions import rules
from scrm.compliance.rules.schemas import RuleBody
from scrm.core import audit
from scrm.core.db import transaction
from scrm.core.outbound import Session
from scrm.core.settings import DEMO_CORP_ID, settings
from scrm.identity import accounts, demo
from scrm.identity.models import Role
from scrm.wecom import corp_spec, corps
from scrm.wiring.corps import connect_corp

# The demo corp's people behind the demo's logins.
_DEMO_USERIDS = {
    Role.ADMINISTRATOR: "qinlan",
    Role.SALES: "chenxiaoming",
    Role.COMPLIANCE: "shenyun",
    Role.MARKETER: "dengyifan",
}

# A rule that the demo's chats trip over now and then.
_DEMO_AUTHOR = rules.Author(display_name="演示", audit_name=audit.System.COMMAND_LINE.audit_name)
_DEMO_RULE = RuleBody(name="私下交易", words="私人微信\n返点\n私下接单\n个人支付宝\n不走公司账户\n别告诉公司")


def install_demo() -> list[tuple[str, str, str]]:
    """Connect the simulator's demo corp and make its logins; (role, name, password) of each.

    The demo's people exist in the simulator alone and come by sync and callbacks.
    """
    spec = corp_spec.check(yaml.safe_load(_demo_corp_file()))
    corp = connect_corp(spec, corp_spec.archive_values(spec, settings().data_dir))
    logins = demo.create_accounts(_DEMO_USERIDS)
    with transaction(corp) as session:
        rules.create_if_none(session, _DEMO_AUTHOR, _DEMO_RULE)
    return [(login.role.value, login.name, login.password) for login in logins]


def put_demo_away() -> None:
    """After a demo on the same data: its corp is not served and its logins, which anybody has seen, open nothing."""
    corps.withdraw(DEMO_CORP_ID)
    accounts.set_disabled(DEMO_CORP_ID, disabled=True)


def _demo_corp_file() -> str:
    """The demo corp's file; the simulator may still be starting."""
    address = f"{settings().simulator_url}/_sim/corps/{DEMO_CORP_ID}/corp.yaml"
    with Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=Retry(total=60, backoff_factor=0.05, backoff_max=0.5)))
        answer = session.get(address, timeout=10)
        answer.raise_for_status()
        return answer.text
