"""The welcome message could not leave in the seconds that WeCom leaves for it."""

from scrm.shared.timeline.kind import Doer, Kind

KIND = Kind(
    name="welcome_expired",
    zh="欢迎语已过期，未发送",
    en="welcome message expired unsent",
    by=Doer.SYSTEM,
    facts=("errcode",),
)
