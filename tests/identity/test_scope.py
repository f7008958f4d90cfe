"""The address book as callbacks and syncs tell of it; who sees whom is in `tests/rooms/identity`."""

from scrm.identity.models import Department, Staff
from tests.support.service import TestCorp as Corp


def test_address_book_is_what_wecom_says(company: Corp) -> None:
    company.sync()
    assert {row.userid for row in company.rows(Staff)} == {"Anna.Li", "bob", "carl", "dora", "emil", "frida"}
    assert {row.name for row in company.rows(Department)} == {"示例公司", "销售部", "销售一组", "客服部", "顾问室"}
    company.act("hire", userid="gustav", name="古斯塔夫", department=4)
    company.act("change_userid", userid="bob", new_userid="robert")
    company.act("resign", userid="emil")
    company.settle()
    staff = {row.userid: row for row in company.rows(Staff)}
    assert staff["gustav"].name == "古斯塔夫"
    assert "robert" in staff and "bob" not in staff
    assert (staff["emil"].status, staff["emil"].left_at is not None) == ("left", True)
