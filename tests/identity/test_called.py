"""Members are found by what people type: pinyin, initials, another script, invisible characters between."""

from scrm.identity.models import Role
from tests.support.service import TestCorp as Corp

FOUND = {
    "anna": {"Anna.Li"},
    "李安": {"Anna.Li"},
    "李\u200b安\ufe0f娜": {"Anna.Li"},
    "liann": {"Anna.Li"},
    "LAN": {"Anna.Li"},
    "鮑勃": {"bob"},
    "iann": set(),
    "%": set(),
}


def test_members_are_found_as_people_type_them(company: Corp) -> None:
    company.sync()
    console = company.console(Role.ADMINISTRATOR)
    for words, userids in FOUND.items():
        for place in ("/staff", "/members"):
            assert {row["userid"] for row in console.get(place, q=words)["items"]} == userids, (place, words)
