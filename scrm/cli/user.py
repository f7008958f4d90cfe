"""`scrm user`, `scrm token`: accounts of the console."""

import click

from scrm.core import audit
from scrm.core.db import transaction
from scrm.identity import accounts, conclusion, people, roster, tokens
from scrm.identity.models import Role
from scrm.runtime.servers import attached

_LONGEST_NAME = 64  # of a token


@click.group()
def user() -> None:
    """账号 / Accounts."""


@user.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--corp", "corp_id", required=True, help="企业 ID / corp id")
@click.option("--userid", help="对应的企业微信成员 / the WeCom member behind it")
def create_user(name: str, role: str, corp_id: str, userid: str | None) -> None:
    """创建账号并打印一次性密码 / Create an account and print its one-time password."""
    with attached():
        click.echo(accounts.create_account(name, role=Role(role), corp_id=corp_id, userid=userid))


@user.command("reset-password")
@click.argument("name")
def reset_password(name: str) -> None:
    """重置密码：打印新的一次性密码，72 小时内有效；其登录和令牌全部失效 / Print a new one-time password, good for 72
    hours; the account's sessions and tokens end.
    """
    with attached():
        click.echo(accounts.reset_password(name))


@user.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """停用账号并退出其所有登录 / Shut the account out, signed-in browsers and tokens included."""
    with attached():
        accounts.set_one_disabled(name, disabled=True)
        click.echo(f"{name}: 已停用 / disabled")


@user.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """启用账号 / Let the account in again."""
    with attached():
        accounts.set_one_disabled(name, disabled=False)
        click.echo(f"{name}: 已启用 / enabled")


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def change_role(name: str, role: str) -> None:
    """修改角色，下一次请求起生效 / Give the account another role, from its next request on."""
    with attached(), roster.corp_of(name) as session:
        roster.change_role(session, audit.System.COMMAND_LINE, name, Role(role), must_remain=False)
        click.echo(f"{name}: {role}")


@user.command("end-sessions")
@click.argument("name")
def end_sessions(name: str) -> None:
    """退出该账号的所有登录 / Sign out every browser of the account; tokens stay."""
    with attached(), roster.corp_of(name) as session:
        count = roster.end_sessions(session, audit.System.COMMAND_LINE, name)
        click.echo(f"已退出 {count} 个登录 / {count} sessions ended")


@user.command("list")
@click.option("--corp", "corp_id", help="企业 ID，默认全部 / corp id, all by default")
def list_users(corp_id: str | None) -> None:
    """列出账号：名称、企业、角色、成员、能否登录、最近使用、一次性密码过期 / All accounts with role, member, access."""
    with attached():
        for line in people.lines(corp_id):
            click.echo("\t".join(line))


@user.command("held")
@click.option("--corp", "corp_id", help="企业 ID，默认全部 / corp id, all by default")
@click.option("--confirm", type=int, metavar="ID", help="确认已离职，停用其账号 / they have left: shut them out")
@click.option(
    "--reject",
    type=int,
    metavar="ID",
    help="他们仍在职，下次同步重新核对 / they are still there: the next sync looks anew",
)
def held(corp_id: str | None, confirm: int | None, reject: int | None) -> None:
    """列出同步暂缓的离职，或确认、驳回 / Departures that a sync held back; confirm or reject them."""
    if confirm is None and reject is None:
        with attached():
            _show_held(corp_id)
        return
    if corp_id is None or None not in (confirm, reject):
        raise click.UsageError(
            "请用 --corp 指定企业，并只选 --confirm 或 --reject / name the --corp, and one of --confirm, --reject"
        )
    with attached():
        ((number, _),) = people.corps_named(corp_id)
        with transaction(number) as session:
            if confirm is not None:
                conclusion.confirm(session, audit.System.COMMAND_LINE, confirm)
            elif reject is not None:
                conclusion.reject(session, audit.System.COMMAND_LINE, reject)
        click.echo("已确认离职 / confirmed" if confirm is not None else "已驳回 / rejected")


def _show_held(corp_id: str | None) -> None:
    rows = list(people.held(corp_id))
    if not rows:
        click.echo("没有暂缓的离职 / nothing is held")
    for corp, row in rows:
        last = "，含最后一位管理员 / the last administrator among them" if row.last_administrator else ""
        click.echo(
            f"{corp}\t{row.id}\t{row.found_at.isoformat(timespec='seconds')}\t"
            f"{row.member_count} 名成员，账号 {row.accounts_lost}/{row.accounts_total} / members, accounts{last}"
        )
        for member in row.members:
            click.echo(f"  {member.userid}\t{member.name}\t{member.becomes}")
        if row.member_count > len(row.members):
            click.echo("  …")


@click.group()
def token() -> None:
    """访问令牌 / Bearer tokens."""


@token.command("create")
@click.option("--user", "name", required=True)
@click.option(
    "--days",
    type=click.IntRange(1, tokens.MOST_DAYS),
    default=tokens.LIFE.days,
    show_default=True,
    help="有效天数 / days that it is good for",
)
@click.option("--name", "called", default="", help="用途，如“数据仓库” / what it is for")
def create_token(name: str, days: int, called: str) -> None:
    """创建访问令牌并打印 / Create a bearer token and print it alone; it is not shown again."""
    if len(called) > _LONGEST_NAME or not called.isprintable():
        raise click.UsageError(
            f"--name 最多 {_LONGEST_NAME} 个可见字符 / --name takes {_LONGEST_NAME} visible characters at most"
        )
    with attached():
        click.echo(accounts.create_token(name, days=days, called=called))


@token.command("list")
@click.option("--user", "name", required=True)
def list_tokens(name: str) -> None:
    """列出访问令牌：编号、用途、创建、最近使用、到期 / The account's tokens: number, purpose, made, used, end."""
    with attached(), roster.corp_of(name) as session:
        for row in tokens.tokens_of(session, roster.account_named(session, name).id):
            used = row.last_used_at.isoformat(timespec="seconds") if row.last_used_at else "-"
            made, ends = (at.isoformat(timespec="seconds") for at in (row.created_at, row.ends_at))
            over = "\t已到期 / ended" if row.ended else ""
            click.echo(f"{row.id}\t{row.name or '-'}\t{made}\t{used}\t{ends}{over}")


@token.command("revoke")
@click.option("--user", "name", required=True)
@click.option("--id", "token_id", type=int, help="只吊销这一个，编号见 token list / this one alone, see token list")
def revoke_tokens(name: str, token_id: int | None) -> None:
    """吊销该账号的全部访问令牌 / Revoke all bearer tokens of the account."""
    with attached():
        if token_id is not None:
            accounts.revoke_token(name, token_id)
            click.echo(f"已吊销令牌 {token_id} / token {token_id} revoked")
            return
        count = accounts.revoke_tokens(name)
        click.echo(f"已吊销 {count} 个令牌 / {count} tokens revoked")
