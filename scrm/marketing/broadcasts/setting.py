"""What the corp has set for broadcasts."""

from scrm.marketing.broadcasts.models import BroadcastPolicy
from scrm.marketing.broadcasts.schemas import Policy
from scrm.shared.settings_of_corp import Setting

POLICY = Setting(values=Policy, table=BroadcastPolicy, verb="broadcast_policy.set", subject="broadcast_policy")
