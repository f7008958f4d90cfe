"""Rules over HTTP."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scrm.compliance.rules.kinds import RuleKind
from scrm.compliance.rules.kinds.word_list import Senders
from scrm.contracts.alerts import Severity
from scrm.core.paging import Page, PageQuery

_MAX_TEXT = 1_000_000


class RuleQuery(PageQuery):
    """Filters of the list of rules; ``q`` matches the name."""

    enabled: bool | None = None


class RuleRow(BaseModel):
    id: int
    name: str
    kind: RuleKind
    severity: Severity
    enabled: bool
    version: int
    words: int
    hits: int
    hits_today: int
    last_hit_at: dt.datetime | None
    created_by: str
    updated_at: dt.datetime


class RulePage(Page[RuleRow]):
    """A page of rules, the latest change first."""


class RuleChange(BaseModel):
    """One version of a rule, who made it and when."""

    version: int
    changed_by: str
    changed_at: dt.datetime
    words: int


class RuleScanRow(BaseModel):
    """A scan of what was archived before."""

    id: int
    version: int
    state: Literal["running", "done", "parked"]
    since: dt.datetime
    total: int
    scanned: int
    hits: int
    started_by: str
    started_at: dt.datetime
    finished_at: dt.datetime | None


class RuleDetail(RuleRow):
    """A rule with its words, its versions and its scans."""

    word_list: list[str]
    senders: Senders
    versions: list[RuleChange]
    scans: list[RuleScanRow]


class RuleBody(BaseModel):
    """A rule as it is written; ``words`` holds one word per line, as pasted."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=50, pattern=r"\S")
    severity: Severity = Severity.HIGH
    senders: Senders = Senders.ANYONE
    enabled: bool = True
    words: str = Field(max_length=_MAX_TEXT)


class RuleUpdate(RuleBody):
    """`RuleBody` with the version that was read, so that nobody's change is lost; what is not given stays."""

    version: int


class RuleSaved(BaseModel):
    """The rule as it stands, and how many lines said what another had said."""

    rule: RuleDetail
    duplicates: int


class TrialBody(BaseModel):
    """A text to try words on: those of the form, or of a rule that stands."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=5_000)
    words: str | None = Field(default=None, max_length=_MAX_TEXT)
    rule_id: int | None = None


class TrialHit(BaseModel):
    """A word and where it stands in the text, in characters (code points)."""

    word: str
    start: int
    end: int


class TrialAnswer(BaseModel):
    """What was found, in quoted parts too: only a conversation can tell whether a quotation is one."""

    hits: list[TrialHit]
    skipped: int = Field(default=0, description="Always 0 since 0.2: nothing is left out any more.")


class ScanBody(BaseModel):
    """How far back a rule goes over the archive."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(ge=1, le=365)
