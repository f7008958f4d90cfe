"""A customer deleted a member (``del_follow_user``)."""

from functools import partial
from typing import Literal

from scrm.compliance.alerts import losses
from scrm.compliance.alerts.kind import OTHER, Kind, Notice, Reason

NAME: Literal["customer_left"] = "customer_left"


class CustomerLeftFacts(losses.LossFacts):
    """The relation that the customer ended, as it stood."""

    kind: Literal["customer_left"]


KIND = Kind(
    name=NAME,
    zh="客户删除员工",
    en="Customer deleted staff",
    facts=CustomerLeftFacts,
    tell=lambda alert: CustomerLeftFacts(kind=NAME, **losses.facts(alert)),
    reasons=(
        Reason("beyond_recovery", "无法挽回", "Beyond recovery"),
        Reason("contacted", "已联系挽回", "Contacted, to win back"),
        Reason("competitor", "去了竞品", "Went to a competitor"),
        OTHER,
    ),
    notice=Notice(lines=partial(losses.lines, "被客户删除")),
)
