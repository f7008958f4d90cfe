"""A handover is still late: administrators are told."""

from scrm.shared.notices.kind import Kind

KIND = Kind(name="handover_escalated", zh="第 2 次升级", en="Escalation 2", record="handover", path="/handovers/{id}")
