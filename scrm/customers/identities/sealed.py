"""How an identity is kept: sealed for who may read it, digested for who looks for it."""

from sqlalchemy.orm import Session

from scrm.core import sealing
from scrm.core.db import current_corp
from scrm.customers.identities.kinds import Spelt
from scrm.customers.identities.models import IdentityKind
from scrm.wecom import corps

_PLACE = "customer_identity"
_TAIL = 4


def values(session: Session, kind: IdentityKind, spelt: Spelt) -> dict[str, bytes | None]:
    """The columns of one value."""
    key = corps.data_key(current_corp(session))
    tail = digest(session, "tail", spelt.key[-_TAIL:]) if kind is IdentityKind.PHONE else None
    return {
        "sealed": sealing.seal(key, spelt.written.encode(), _PLACE),
        "whole": digest(session, kind.value, spelt.key),
        "tail": tail,
    }


def opened(session: Session, sealed: bytes) -> str:
    return sealing.unseal(corps.data_key(current_corp(session)), sealed, _PLACE).decode()


def digest(session: Session, of: str, value: str) -> bytes:
    """The same for the same value of a corp, and of use to nobody without the corp's key."""
    return sealing.digest(corps.data_key(current_corp(session)), f"{_PLACE}:{of}", value)
