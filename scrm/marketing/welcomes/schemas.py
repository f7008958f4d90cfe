"""What the routes of welcome messages take and give."""

import datetime as dt

from pydantic import BaseModel, ConfigDict, Field


class WelcomeBody(BaseModel):
    """Whether new customers are greeted, and with which words; ``{客户昵称}`` and ``{员工姓名}`` are put in."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool
    text: str = Field(max_length=4_000)


class WelcomeVariables(BaseModel):
    """What stands in the words for a name."""

    customer: str
    member: str


class WelcomeSet(BaseModel):
    """What is set; ``updated_at`` is none for words of a former release that nobody has confirmed."""

    model_config = ConfigDict(from_attributes=True)

    enabled: bool
    text: str
    updated_at: dt.datetime | None
    updated_by: str | None
    variables: WelcomeVariables = WelcomeVariables(customer="{客户昵称}", member="{员工姓名}")
