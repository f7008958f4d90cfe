"""How a call to WeCom can fail."""

from scrm.wecom.errcodes import Reaction


class WecomError(Exception):
    """Base of all failures at the edge."""


class Refused(WecomError):
    """WeCom answered with an errcode other than 0."""

    def __init__(self, errcode: int, errmsg: str, reaction: Reaction) -> None:
        super().__init__(f"errcode {errcode}")
        self.errcode = errcode
        self.errmsg = errmsg
        self.reaction = reaction


class Unreachable(WecomError):
    """The request never left, or its answer is no answer of the API; nothing is known to have happened."""


class OutcomeUnknown(WecomError):
    """The request was sent and no answer came: it may have taken effect."""
