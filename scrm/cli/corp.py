"""`scrm corp`, `scrm sync`: connect a corp, pull everything."""

from pathlib import Path

import click

from scrm import wiring
from scrm.core import audit
from scrm.core.db import platform_transaction, transaction
from scrm.core.settings import settings
from scrm.runtime.servers import attached
from scrm.wecom import corps
from scrm.wecom import sync as full_sync


@click.group()
def corp() -> None:
    """企业接入 / Corps."""


@corp.command("apply")
@click.argument("file", type=click.Path(path_type=Path))
def apply_file(file: Path) -> None:
    """按配置文件接入或更新企业 / Connect a corp from FILE, or bring it up to date; safe to repeat."""
    spec, archive = corps.read_file(file)
    with attached():
        wiring.connect_corp(spec, archive)
        click.echo(f"{spec.corp_id} {spec.name}: 已接入 / connected")
        for app in spec.apps:
            click.echo(f"  回调地址 / callback {settings().public_url}/wecom/callback/{spec.corp_id}/{app.key}")
        if spec.archive is not None and spec.archive.token is not None:
            click.echo(f"  回调地址 / callback {settings().public_url}/wecom/callback/{spec.corp_id}/archive")


@click.command()
@click.option("--corp", "corp_id", required=True, help="企业 ID / corp id")
def sync(corp_id: str) -> None:
    """开始一次全量同步 / Start a full sync; its progress is on the page 同步."""
    with attached():
        wiring.wire()
        with platform_transaction() as session:
            number = corps.by_corp_id(session, corp_id).id
        with transaction(number) as session:
            run = full_sync.start(session, audit.System.COMMAND_LINE)
        click.echo(f"同步 {run.id} 已开始 / sync {run.id} has started")
