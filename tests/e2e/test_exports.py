"""From a list to its file: what is shown is what is written, and the file is there to be taken."""

import csv
from pathlib import Path

from playwright.sync_api import expect

from tests.e2e.axe import violations
from tests.e2e.conftest import SignIn, settled
from tests.support.service import TestCorp as Corp


def test_list_is_taken_as_a_file_with_its_filter_and_columns(sign_in: SignIn, shop: Corp, tmp_path: Path) -> None:
    page = sign_in("compliance", "/alerts")
    settled(page)
    page.get_by_role("navigation", name="提醒状态").get_by_role("link", name="待处理").click()
    settled(page)
    shown = int(page.locator(".l-count").inner_text())
    page.get_by_role("button", name="导出").click()
    form = page.get_by_role("dialog", name="导出")
    form.get_by_role("checkbox", name="关闭时间").check()
    assert violations(page) == []
    form.get_by_role("radio", name="CSV").check()
    form.get_by_role("button", name="生成文件").click()
    expect(form.get_by_text(f"共 {shown} 行")).to_be_visible()
    form.get_by_role("link", name="查看我的导出").click()
    page.get_by_role("heading", name="我的导出").wait_for()
    row = page.get_by_role("row").nth(1)
    expect(row.get_by_text("已完成")).to_be_visible(timeout=30_000)
    assert violations(page) == []
    with page.expect_download() as coming:
        row.get_by_role("link", name="下载").click()
    assert coming.value.suggested_filename.startswith("风险提醒-") and coming.value.suggested_filename.endswith(".csv")
    coming.value.save_as(tmp_path / "taken.csv")
    table = list(csv.reader((tmp_path / "taken.csv").open(encoding="utf-8-sig")))
    assert len(table) == shown + 1 and {"客户", "关闭时间"} <= set(table[0])


def test_who_may_not_export_sees_no_way_to(sign_in: SignIn, shop: Corp) -> None:
    page = sign_in("sales", "/customers")
    settled(page)
    expect(page.get_by_role("button", name="列")).to_be_visible()
    expect(page.get_by_role("button", name="导出")).to_have_count(0)
    expect(page.get_by_role("link", name="我的导出")).to_have_count(0)
