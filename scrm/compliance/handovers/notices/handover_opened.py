"""A handover was opened: whoever has to choose successors is told."""

from scrm.shared.notices.kind import Kind

KIND = Kind(name="handover_opened", zh="产生客户继承", en="Opened", record="handover", path="/handovers/{id}")
