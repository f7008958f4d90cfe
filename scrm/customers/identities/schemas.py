"""What identities take in and give out over HTTP."""

import datetime as dt
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from scrm.customers.identities.models import IdentityKind, Source


class EnteredKind(StrEnum):
    """Kinds that a person enters; a UnionID is WeCom's alone."""

    PHONE = IdentityKind.PHONE
    MAIL = IdentityKind.MAIL
    CREDIT_CODE = IdentityKind.CREDIT_CODE
    BANK = IdentityKind.BANK


class NewIdentity(BaseModel):
    """In any spelling; ``021-1234 5678`` and ``+86 21 12345678`` are one number."""

    model_config = ConfigDict(extra="forbid")

    kind: EnteredKind
    value: str = Field(min_length=1, max_length=200)


class IdentityRow(BaseModel):
    """One identity, masked; ``staff_name`` is the member who noted it in WeCom, where one did."""

    id: int
    kind: IdentityKind
    shown: str
    source: Source
    staff_name: str
    created_at: dt.datetime


class IdentityList(BaseModel):
    items: list[IdentityRow]
