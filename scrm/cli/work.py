"""`scrm drain`, `scrm migrate`, `scrm openapi`, `scrm simulator`: for operators and developers."""

import json
import sys
import time
from pathlib import Path

import click

from scrm import wiring
from scrm.core import migrate as migrations
from scrm.core.db import transaction
from scrm.core.doorbell import Lane
from scrm.core.openapi import openapi as document
from scrm.core.queue import turns
from scrm.core.queue.figures import parked_count
from scrm.runtime.checks import port_free
from scrm.runtime.errors import Refused
from scrm.runtime.servers import attached
from scrm.wecom import corps

PARKED = 3


@click.command()
def drain() -> None:
    """执行当前到期的全部工作 / Carry out all work that is due now, cascades included; exit 3 if rows are parked."""
    with attached():
        wiring.wire()
        before = _parked()
        done = _carry_out()
        parked = _parked()
        click.echo(f"已执行 {done} 项 / {done} rows carried out; 待处理 {parked} 项 / {parked} parked")
        if parked > before:
            sys.exit(PARKED)


@click.command()
@click.option("--check", is_flag=True, help="只检查模型与数据库是否一致 / only compare models and database")
def migrate(*, check: bool) -> None:
    """升级数据库结构 / Bring the database schema up to date."""
    with attached() as config:
        migrations.upgrade(config.database_url, config.secret_key)
        if not check:
            return
        found = migrations.differences(config.database_url)
        for line in found:
            click.echo(line)
        if found:
            sys.exit(1)


@click.command()
def openapi() -> None:
    """打印 OpenAPI 文档 / Print the OpenAPI document."""
    click.echo(
        json.dumps(
            document([item for api in wiring.APIS for item in api.operations]),
            ensure_ascii=False,
            indent=2,
            sort_keys=True,
        )
    )


@click.command()
@click.option("--host", default="127.0.0.1")
@click.option("--port", default=8010, type=click.IntRange(0, 65535))
@click.option("--demo", is_flag=True, help="带演示企业 / with the demo corp")
@click.option("--journal", help="保存状态的文件 / a file that keeps the world")
@click.option("--callback-base", default="", help="回调地址前缀 / where callbacks go")
def simulator(host: str, port: int, *, demo: bool, journal: str | None, callback_base: str) -> None:
    """运行企业微信模拟器 / Run the WeCom simulator."""
    from simulator import serve  # a product of its own, which only this command starts

    if port:
        port_free(host, port)
    try:
        kept = Path(journal) if journal else None
        serve(host=host, port=port, with_demo=demo, journal=kept, callback_base=callback_base)
    except OSError as error:
        raise Refused(
            f"无法使用 {error.filename}（{error.strerror}）：请换一个 --journal 文件",
            f"cannot use {error.filename} ({error.strerror}); choose another file for --journal",
        ) from error


def _carry_out() -> int:
    """Drain until nothing is due and the workers of a running service, who take their share, have nothing in hand."""
    done = 0
    while True:
        lanes = [(corp, lane) for corp in corps.numbers() for lane in Lane]
        taken = sum(turns.drain(corp, lane) for corp, lane in lanes)
        done += taken
        if taken:
            continue
        if not any(turns.is_under_way(corp, lane) for corp, lane in lanes):
            return done
        time.sleep(0.05)


def _parked() -> int:
    total = 0
    for corp in corps.numbers():
        with transaction(corp) as session:
            total += parked_count(session)
    return total
