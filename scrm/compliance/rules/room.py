"""Rules, as the wiring knows them."""

from scrm.compliance.rules import naming
from scrm.compliance.rules.actions import scans
from scrm.compliance.rules.models import Rule, RuleScan, RuleVersion
from scrm.compliance.rules.routes import api
from scrm.core.manifest import Room
from scrm.core.touches import Live

ROOM = Room(
    name="compliance.rules",
    apis=(api,),
    queues=(scans.QUEUE,),
    names={"rule": naming.rules},
    topics={"rules": Live((Rule, RuleVersion, RuleScan)), "tasks": Live((RuleScan,))},
)
