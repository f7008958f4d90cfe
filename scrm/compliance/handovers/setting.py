"""The corp's deadlines and limits for handovers."""

from pydantic import BaseModel, ConfigDict

from scrm.compliance.handovers.models import HandoverPolicy
from scrm.shared.settings_of_corp import Setting


class Policy(BaseModel):
    """``due_hours`` to choose successors after a departure, ``escalate_hours`` between reminders.

    ``customer_limit`` is how many customers a member may have: WeCom sets it per corp and tells it nowhere, so 0
    checks nothing before the call.
    """

    model_config = ConfigDict(frozen=True)

    due_hours: int = 24
    escalate_hours: int = 24
    customer_limit: int = 0


POLICY = Setting(values=Policy, table=HandoverPolicy, verb="handover_policy.changed", subject="handover_policy")
