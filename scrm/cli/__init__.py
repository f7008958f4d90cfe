"""The `scrm` command."""

import click


@click.group()
def main() -> None:
    """企业微信 SCRM / Enterprise WeChat SCRM."""
