"""What links take in and give out over HTTP."""

import datetime as dt
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Relation(StrEnum):
    """What the customer of the page is to the other."""

    WORKS_AT = "works_at"  # a person, at a company
    EMPLOYS = "employs"
    SUBSIDIARY_OF = "subsidiary_of"  # companies
    PARENT_OF = "parent_of"
    AGENT_OF = "agent_of"  # a person or company, of a company
    REPRESENTED_BY = "represented_by"
    PARTNER_OF = "partner_of"


class Post(BaseModel):
    """What somebody is at a company; what is left out stays, ``reports_to`` 0 is nobody."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(default=None, max_length=64)
    department: str | None = Field(default=None, max_length=64)
    reports_to: int | None = Field(default=None, ge=0, le=2**63 - 1)
    primary: bool | None = None


class NewLink(Post):
    """``customer_id`` is the other; the first contact of a company is its primary one unless said otherwise."""

    relation: Relation
    customer_id: int = Field(ge=1, le=2**63 - 1)


class Linked(BaseModel):
    """The customer at the other end."""

    id: int
    kind: str
    name: str


class LinkRow(BaseModel):
    """One link as seen from the customer of the page; the last four are said of who works at a company."""

    id: int
    relation: Relation
    customer: Linked
    title: str
    department: str
    reports_to: Linked | None
    primary: bool
    created_at: dt.datetime


class LinkList(BaseModel):
    """Links to customers whom the user sees, primary contacts first, then the newest."""

    items: list[LinkRow]
