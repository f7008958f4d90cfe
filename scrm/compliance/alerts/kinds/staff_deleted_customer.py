"""A member deleted a customer (``del_external_contact``)."""

from functools import partial
from typing import Literal

from scrm.compliance.alerts import losses
from scrm.compliance.alerts.kind import MISCONDUCT, MISTAKE_RECOVERED, OTHER, TRANSFERRED, Kind, Notice, Reason

NAME: Literal["staff_deleted_customer"] = "staff_deleted_customer"


class StaffDeletedCustomerFacts(losses.LossFacts):
    """The relation that the member ended, as it stood."""

    kind: Literal["staff_deleted_customer"]


KIND = Kind(
    name=NAME,
    zh="员工删除客户",
    en="Staff deleted customer",
    facts=StaffDeletedCustomerFacts,
    tell=lambda alert: StaffDeletedCustomerFacts(kind=NAME, **losses.facts(alert)),
    reasons=(
        MISTAKE_RECOVERED,
        Reason("invalid_customer", "无效客户", "Not a real customer"),
        TRANSFERRED,
        MISCONDUCT,
        OTHER,
    ),
    notice=Notice(lines=partial(losses.lines, "删除了客户")),
)
