"""The current actor: a signed-in user of one corp, with a role and a data scope."""

from dataclasses import dataclass

from scrm.core.audit import Source
from scrm.identity.models import Role
from scrm.identity.permissions import ROLE_PERMISSIONS, Permission


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks; ``scope`` holds the staff ids whose customers may be seen, ``None`` is the whole corp."""

    account_id: int
    name: str
    display_name: str
    role: Role
    corp: int
    corp_id: str
    corp_name: str
    userid: str | None
    scope: frozenset[int] | None
    csrf_token: str
    must_change_password: bool
    session_hash: bytes | None  # none for a bearer token
    source: Source  # where this request came from, and by which session or token

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLE_PERMISSIONS[self.role]

    @property
    def audit_name(self) -> str:
        return f"user:{self.name}"
