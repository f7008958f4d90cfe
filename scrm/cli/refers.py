"""`scrm refers`: what points at a customer or a member, and what would become of it; nothing is changed."""

from collections.abc import Mapping
from typing import Any

import click

from scrm import wiring
from scrm.core.db import platform_transaction, transaction
from scrm.core.pointing import Count, Pointed, counted, rows_of
from scrm.core.refers import Subject
from scrm.customers.file.queries import known as customers
from scrm.identity import queries as identity
from scrm.runtime.servers import attached
from scrm.wecom import corps


@click.command()
@click.option("--corp", "corp_id", required=True, help="企业 ID / corp id")
@click.option("--customer", type=click.IntRange(min=1, max=2**63 - 1), help="客户编号 / our number of a customer")
@click.option("--member", help="成员的 userid / a member's userid")
@click.option("--rows", is_flag=True, help="逐行列出主键 / each row by its primary key")
def refers(corp_id: str, customer: int | None, member: str | None, *, rows: bool) -> None:
    """列出指向某位客户或成员的数据及其去向 / List what points at a customer or a member, and what becomes of it."""
    if (customer is None) == (member is None):
        raise click.UsageError("--customer 或 --member 二选一 / give one of --customer and --member")
    with attached():
        wiring.wire()
        with platform_transaction() as session:
            number = corps.by_corp_id(session, corp_id).id
        with transaction(number) as session:
            if customer is not None:
                pointed = Pointed(
                    subject=Subject.CUSTOMER, number=customer, name=customers.external_userid(session, customer)
                )
            else:
                staff = identity.staff_by_userid(session, member or "")
                if staff is None:
                    raise click.UsageError(f"没有这位成员 / no such member: {member}")
                pointed = Pointed(subject=Subject.MEMBER, number=staff.id, name=staff.userid)
            refs = [ref for room in wiring.ROOMS for ref in room.refers]
            counts = counted(session, refs, pointed)
            keys = {count.ref.name: rows_of(session, count.ref, pointed) for count in counts} if rows else {}
            _print(counts, keys)


def _print(counts: list[Count], keys: Mapping[str, list[dict[str, Any]]]) -> None:
    width = max(len(count.ref.name) for count in counts)
    for count in counts:
        fates = {"merge": count.ref.merge, "erase": count.ref.erase, "leave": count.ref.leave}
        said = ", ".join(f"{when} → {fate.value}" for when, fate in fates.items() if fate is not None)
        click.echo(f"{count.ref.name:<{width}}  {count.rows:>8}  {said}")
        for row in keys.get(count.ref.name, ()):
            click.echo("    " + " ".join(f"{name}={value}" for name, value in row.items()))
    click.echo(f"共 {sum(count.rows for count in counts)} 处 / {sum(count.rows for count in counts)} in all")
