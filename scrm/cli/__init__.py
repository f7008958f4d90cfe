"""The `scrm` command: one file per noun, imported only when its command is called.

A command that cannot be carried out prints one sentence and ends with exit code 2.
"""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from scrm import __version__
from scrm.core import logs
from scrm.core.errors import AppError
from scrm.runtime.errors import Refused

# Command to the module in scrm.cli that defines a click command of the same name (a dash is an underscore there).
COMMANDS = {
    "up": "up",
    "doctor": "doctor",
    "backup": "backup",
    "restore": "backup",
    "corp": "corp",
    "sync": "corp",
    "user": "user",
    "token": "user",  # nosec B105: the module that holds the command
    "drain": "work",
    "migrate": "work",
    "openapi": "work",
    "refers": "refers",
    "rooms": "house",
    "routes": "house",
    "simulator": "work",
}


class Commands(click.Group):
    """Finds commands in their modules when they are called, so that `scrm up` does not wait for all the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = getattr(importlib.import_module(f"scrm.cli.{module}"), cmd_name.replace("-", "_"))
        return command

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        with _sentences():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with _sentences():
            return super().invoke(ctx)


class _Sentence(click.ClickException):
    exit_code = 2

    def show(self, file: Any = None) -> None:  # noqa: ARG002
        click.echo(self.message, err=True)


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except AppError as error:
        raise _Sentence(error.sentence) from error
    except Refused as error:
        raise _Sentence(str(error)) from error
    except NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        # click's own three lines say no more than the third of them.
        raise _Sentence(" ".join(error.format_message().split())) from error


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="scrm")
def main() -> None:
    """企业微信 SCRM / Enterprise WeChat SCRM."""
    logs.configure()  # to standard error: standard output is the command's answer alone
