"""What tags take in and give out over HTTP."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from scrm.contracts.tags import TagRef, TagSource

NAME = 30  # characters, as WeCom's
MOST = 1_000  # tags of our own, and groups of them

Name = Annotated[str, Field(max_length=NAME)]
TagIds = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=100)]
Order = Annotated[list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=MOST)]


class TagRow(BaseModel):
    """A tag; ``spelt`` is its name in pinyin, whole and by initials, to look for it by."""

    tag_id: str
    name: str
    group_name: str
    source: TagSource
    spelt: str


class TagGroupRow(BaseModel):
    group_id: str
    name: str
    source: TagSource
    tags: list[TagRow]


class TagGroupList(BaseModel):
    items: list[TagGroupRow]


class NewTagGroup(BaseModel):
    """A group of our own with its first tags."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    tags: list[Name] = Field(default=[], max_length=100)


class TagGroupChange(BaseModel):
    """What is left out stays; ``order`` names each tag of the group once, the first to stand first."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    order: Order | None = None


class GroupOrder(BaseModel):
    """Each group of our own once, the first to stand first."""

    model_config = ConfigDict(extra="forbid")

    order: Order


class OwnTagName(BaseModel):
    """What a tag of our own is called, or is to be called."""

    model_config = ConfigDict(extra="forbid")

    name: Name


class TagWearers(BaseModel):
    """How many customers the user sees wear the tag; tags that nobody wears are left out."""

    tag_id: str
    customers: int


class TagWearersList(BaseModel):
    items: list[TagWearers]


class CustomerTagsChange(BaseModel):
    """Tags of our own to put on a customer and to take off; what is so already stays so."""

    model_config = ConfigDict(extra="forbid")

    add: TagIds = []
    remove: TagIds = []


class CustomerTags(BaseModel):
    """The tags of our own that the customer wears now."""

    items: list[TagRef]
