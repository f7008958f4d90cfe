"""`scrm user`, `scrm token`: accounts of the console."""

import click

from scrm.identity import accounts
from scrm.identity.models import Role
from scrm.runtime.servers import attached


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


@click.group()
def token() -> None:
    """访问令牌 / Bearer tokens."""


@token.command("create")
@click.option("--user", "name", required=True)
def create_token(name: str) -> None:
    """创建访问令牌并打印 / Create a bearer token and print it alone; it is not shown again."""
    with attached():
        click.echo(accounts.create_token(name))
