"""`scrm doctor`."""

import sys

import click

from scrm.runtime.doctor import examine


@click.command()
def doctor() -> None:
    """检查本机能否运行服务，并说明如何修复 / Look at what the service needs, and say what to do where it fails."""
    bad = 0
    for finding in examine():
        mark = click.style("✓", fg="green") if finding.good else click.style("✗", fg="red")
        click.echo(f"  {mark} {finding.subject}: {finding.detail}")
        bad += not finding.good
    if bad:
        click.echo(f"\n{bad} 项需要处理 / {bad} to see to", err=True)
        sys.exit(1)
