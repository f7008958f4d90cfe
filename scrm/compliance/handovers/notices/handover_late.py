"""A handover is late: the next leaders and compliance are told."""

from scrm.shared.notices.kind import Kind

KIND = Kind(name="handover_late", zh="第 1 次升级", en="Escalation 1", record="handover", path="/handovers/{id}")
