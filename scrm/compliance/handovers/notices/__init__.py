"""Why somebody is told of a handover, one file each."""

from scrm.compliance.handovers.notices import handover_escalated, handover_late, handover_opened
from scrm.core import kinds
from scrm.shared.notices.kind import Kind

KINDS = kinds.collect(__name__, __path__, Kind)
# Step 0 is the opening, the others are escalations; after them a case stays late on the workbench. What is no
# escalation counts as step 0.
BY_STEP = (handover_opened.KIND, handover_late.KIND, handover_escalated.KIND)
STEP_OF = {kind.name: step for step, kind in enumerate(BY_STEP)}
STEPS = len(BY_STEP) - 1
