"""What the corp has set for broadcasts."""

from pydantic import BaseModel, ConfigDict, Field

from scrm.marketing.broadcasts.models import BroadcastPolicy, QuotaRule
from scrm.shared.settings_of_corp import Setting

MOST_CUSTOMERS = 100_000_000


class Policy(BaseModel):
    """What the administrator sets: the quota as WeCom has it, and above how many customers a second person approves."""

    model_config = ConfigDict(extra="forbid")

    quota: QuotaRule = QuotaRule.MONTH
    approval_above: int = Field(default=1_000, ge=0, le=MOST_CUSTOMERS)


POLICY = Setting(values=Policy, table=BroadcastPolicy, verb="broadcast_policy.set", subject="broadcast_policy")
