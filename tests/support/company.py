"""A small company whose people are known by name, for tests of who may see what and who is told."""

from typing import Any

from tests.support.service import TestCorp

SPEC: dict[str, Any] = {
    "apps": [
        {"key": "customer", "agent_id": 1000002},
        {"key": "assistant", "agent_id": 1000003},
        {"key": "contacts", "kind": "contact_sync"},
    ],
    "departments": [
        {"id": 1, "name": "示例公司", "parentid": 0},
        {"id": 2, "name": "销售部", "parentid": 1, "order": 9},
        {"id": 3, "name": "销售一组", "parentid": 2, "order": 5},
        {"id": 4, "name": "客服部", "parentid": 1, "order": 1},
        {"id": 5, "name": "顾问室", "parentid": 1, "order": 1},
    ],
    "staff": [
        {"userid": "Anna.Li", "name": "李安娜", "department": [2], "leads": [2]},
        {"userid": "bob", "name": "鲍勃", "department": [3]},
        {"userid": "carl", "name": "卡尔", "department": [3], "direct_leader": ["dora"]},
        {"userid": "dora", "name": "朵拉", "department": [4]},
        {"userid": "emil", "name": "埃米尔", "department": [5]},
        {"userid": "frida", "name": "弗里达", "department": [5]},
    ],
    "habits": {"group_lag_seconds": 0, "retry_seconds": [0.1, 0.2, 0.4]},
}


def befriend(corp: TestCorp, userid: str, name: str, **values: Any) -> str:
    """A new customer of a member, of whom no callback tells; the external_userid."""
    added = corp.act("add_contact", userid=userid, name=name, quiet=True, **values)
    external_userid: str = added["external_userid"]
    return external_userid
