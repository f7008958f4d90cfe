"""`scrm corp`, `scrm sync`: connect a corp, list and remove corps, pull everything."""

import datetime as dt
from pathlib import Path

import click

from scrm.core import audit, clock
from scrm.core.db import platform_transaction, transaction
from scrm.core.settings import settings
from scrm.marketing.broadcasts.actions import policy
from scrm.marketing.broadcasts.models import BroadcastPolicyChange
from scrm.marketing.broadcasts.setting import POLICY
from scrm.runtime.errors import Refused
from scrm.runtime.servers import attached
from scrm.shared.approvals import requests
from scrm.wecom import corp_removal, corp_spec, corps
from scrm.wecom import sync as full_sync
from scrm.wiring import corps as wired
from scrm.wiring import wire


@click.group()
def corp() -> None:
    """企业接入 / Corps."""


@corp.command("apply")
@click.argument("file", type=click.Path(path_type=Path))
def apply_file(file: Path) -> None:
    """按配置文件接入或更新企业 / Connect a corp from FILE, or bring it up to date; safe to repeat."""
    spec, archive = corp_spec.read_file(file)
    with attached():
        wired.connect_corp(spec, archive)
        click.echo(f"{spec.corp_id} {spec.name}: 已接入 / connected")
        for app in spec.apps:
            click.echo(f"  回调地址 / callback {settings().public_url}/wecom/callback/{spec.corp_id}/{app.key}")
        if spec.archive is not None and spec.archive.token is not None:
            click.echo(f"  回调地址 / callback {settings().public_url}/wecom/callback/{spec.corp_id}/archive")


@corp.command("list")
def list_corps() -> None:
    """列出企业 / List the corps: id, name, apps, and when the file was applied; then those that were removed."""
    with attached(), platform_transaction() as session:
        for row, apps in corps.apps_of(session):
            served = ", ".join(apps) or "未服务 / not served"
            click.echo("\t".join([row.corp_id, row.name, served, _day(row.applied_at)]))
        for gone in corp_removal.removals(session):
            click.echo("\t".join([gone.corp_id, gone.name, "已移除 / removed", _day(gone.removed_at)]))


@corp.command("remove")
@click.argument("corp_id")
@click.option("--yes", is_flag=True, help="确认移除 / go ahead")
def remove_corp(corp_id: str, *, yes: bool) -> None:
    """移除企业及其全部数据和账号，不可恢复 / Remove a corp with all its data and accounts, for good."""
    with attached():
        if not yes:
            with platform_transaction() as session:
                number = corps.by_corp_id(session, corp_id).id
            size = wired.corp_size(number)
            raise Refused(
                f"将删除 {corp_id} 的全部数据，包括 {size['customers']} 个客户和 {size['accounts']} 个账号，"
                "不可恢复：请先备份，确认请加 --yes",
                f"all data of {corp_id} would be gone, with {size['customers']} customers and {size['accounts']}"
                " accounts; make a backup, then add --yes",
            )
        wired.remove_corp(corp_id)
        click.echo(f"{corp_id}: 已移除 / removed")


@corp.command("approval-limit")
@click.argument("corp_id")
@click.option("--confirm", type=int, metavar="ID", help="确认提高上限 / let the higher limit hold")
@click.option("--reject", type=int, metavar="ID", help="驳回 / leave the limit as it is")
def approval_limit(corp_id: str, confirm: int | None, reject: int | None) -> None:
    """群发审批上限，确认或驳回待确认的提高 / The approval limit of broadcasts; decide on a higher one that waits.

    For a corp with one administrator: who has the server is the second person.
    """
    if confirm is not None and reject is not None:
        raise click.UsageError("只能选 --confirm 或 --reject / either --confirm or --reject")
    with attached():
        with platform_transaction() as session:
            number = corps.by_corp_id(session, corp_id).id
        with transaction(number) as session:
            if confirm is not None:
                policy.decide_on_server(session, confirm, confirmed=True)
            elif reject is not None:
                policy.decide_on_server(session, reject, confirmed=False)
            above = POLICY.of(session).approval_above
            change = requests.waiting(session, BroadcastPolicyChange)
        click.echo(f"{corp_id}: 超过 {above} 位客户需要审批 / approval above {above} customers")
        if change is not None:
            click.echo(
                f"  待确认 / waits: {change.id}\t{change.approval_above}\t"
                f"{change.asked_by_name}\t{change.asked_at.isoformat(timespec='seconds')}"
            )


@click.command()
@click.option("--corp", "corp_id", required=True, help="企业 ID / corp id")
def sync(corp_id: str) -> None:
    """开始一次全量同步 / Start a full sync; its progress is on the page 同步."""
    with attached():
        wire()
        with platform_transaction() as session:
            number = corps.by_corp_id(session, corp_id).id
        with transaction(number) as session:
            run = full_sync.start(session, audit.System.COMMAND_LINE)
        click.echo(f"同步 {run.id} 已开始 / sync {run.id} has started")


def _day(moment: dt.datetime) -> str:
    return moment.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M")
