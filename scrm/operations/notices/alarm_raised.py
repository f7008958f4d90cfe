"""A state that no clock mends by itself: whoever the kind of alarm names is told."""

from scrm.shared.notices.kind import Kind

KIND = Kind(name="alarm_raised", zh="系统提醒", en="Alarm", record="alarm", path="/tasks")
