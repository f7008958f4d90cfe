"""`scrm rooms`, `scrm routes`: what there is, printed from what the rooms say of themselves."""

from collections.abc import Sequence

import click

from scrm import wiring
from scrm.core.manifest import Room
from scrm.core.operation import Operation, Public
from scrm.identity.permissions import ROLE_PERMISSIONS
from scrm.wiring.listeners import LISTENERS


@click.command()
def rooms() -> None:
    """列出各模块及其内容 / List the rooms: addresses, what they hear, answers, queues, jobs, references."""
    for room in wiring.ROOMS:
        click.echo(room.name)
        for what, names in _contents(room):
            if names:
                click.echo(f"  {what:<10} {', '.join(names)}")


@click.command()
@click.option(
    "--role",
    type=click.Choice([role.value for role in ROLE_PERMISSIONS]),
    help="只列出该角色可用的 / only what this role may call",
)
def routes(role: str | None) -> None:
    """列出接口：方法、路径、权限、角色 / List the API: method, path, permission, roles."""
    operations = [item for api in wiring.APIS for item in api.operations]
    lines = [
        (item.method, f"/api/v1{item.path}", item.permission.value, ", ".join(_roles(item)))
        for item in sorted(operations, key=lambda item: (item.path, item.method))
        if role is None or role in _roles(item)
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    for line in lines:
        click.echo("  ".join([*(word.ljust(width) for word, width in zip(line, widths, strict=False)), line[3]]))


_ALL = tuple(role.value for role in ROLE_PERMISSIONS)


def _roles(operation: Operation) -> Sequence[str]:
    if operation.permission is Public.BEFORE_SIGN_IN:
        return ("anybody",)
    if operation.permission is Public.ANY_USER:
        return _ALL
    return tuple(role.value for role, held in ROLE_PERMISSIONS.items() if operation.permission in held)


def _contents(room: Room) -> list[tuple[str, list[str]]]:
    heard = [f"{event.__name__} → {name}" for event, name, handler in LISTENERS if _of(handler.__module__, room)]
    return [
        ("routes", [f"{item.method} {item.path}" for api in room.apis for item in api.operations]),
        ("hears", heard),
        ("replies", [taker.name for taker in room.replies]),
        ("queues", [queue.name for queue in room.queues]),
        ("clock", [job.name for job in room.clock]),
        ("names", [f"{kind}:…" for kind in room.names]),
        ("pulse", list(room.topics)),
        ("refers", [f"{ref.name} ({ref.subject})" for ref in room.refers]),
    ]


def _of(module: str, room: Room) -> bool:
    return module.startswith(f"scrm.{room.name}.")
