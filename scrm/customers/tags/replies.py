"""What tags ask of WeCom, and what they want back with the answer."""

from dataclasses import dataclass

from scrm.wecom.port.contacts import CorpTagGroup
from scrm.wecom.replies import Reply
from scrm.wecom.sync import StepContext


@dataclass(frozen=True)
class TagsContext:
    """The customer for whose tags the list is read; none where it is read for its own sake."""

    external_userid: str | None = None
    app: str | None = None
    sought: tuple[str, ...] = ()


TAGS_FETCHED = Reply[list[CorpTagGroup], TagsContext]("customers.tags_fetched", TagsContext)
SYNC_TAGS = Reply[list[CorpTagGroup], StepContext]("customers.sync_tags", StepContext)
