"""What differs from one run to the next is made even, so that what is left can be compared."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SESSION = re.compile(r"session:[0-9a-f]{12}")
_MSGID = re.compile(r"\b\d{15,20}_\d{13}_(external|internal)")
_SECONDS = re.compile(r"(?<![\w.])1[789]\d{8}(\d{3})?(?![\w.])")
_ACCOUNT = re.compile(r"\b(administrator|sales|compliance|marketer)-\d+-w\w+")
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_KEPT_APART = {
    "lease",
    "configured",
    "holder",
    "seq",
    "account_id",
    "session",
    "csrf_token",
    "next_cursor",
    "previous_cursor",
    "cursor",
    "version",
    "signature",
    "nonce_str",
    "welcome_code",
}
_COUNTED = {
    "timestamp",
    "ms",
    "seconds",
    "followed_seconds",
    "wait_seconds",
    "since",
    "lag_seconds",
    "age_seconds",
    "oldest_due_seconds",
}


class Evener:
    """Replaces moments, addresses, secrets and ids of the deployment; the same one stays the same."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = sorted(names.items(), key=lambda pair: -len(pair[0]))
        self._messages: dict[str, str] = {}

    def even(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self.even(value[key], key) for key in sorted(value)}
        if isinstance(value, list | tuple):
            return [self.even(item, name) for item in value]
        if name in _KEPT_APART and value is not None:
            return f"<{name}>"
        if isinstance(value, int | float) and not isinstance(value, bool) and name in _COUNTED:
            return f"<{name}>"
        if isinstance(value, int) and _SECONDS.fullmatch(str(value)):
            return "<seconds>"
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, dt.date):
            return "<moment>"
        return self.text(value) if isinstance(value, str) else value

    def text(self, value: str) -> str:
        for old, new in self._names:
            value = value.replace(old, new)
        value = _SESSION.sub("session:<session>", _ADDRESS.sub("<address>", value))
        value = _ACCOUNT.sub(r"<\1>", value)
        value = _MSGID.sub(lambda found: self._numbered(found[0]), value)
        value = _SECONDS.sub("<seconds>", value)
        return _DAY.sub("<day>", _MOMENT.sub("<moment>", value))

    def _numbered(self, msgid: str) -> str:
        return self._messages.setdefault(msgid, f"<message {len(self._messages) + 1}>")
