"""`scrm backup` and `scrm restore`."""

from pathlib import Path

import click

from scrm.runtime import backup as backups
from scrm.runtime.servers import attached


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """把整个数据库备份到 FILE，服务可以不停 / Write the whole database to FILE; the service may keep running."""
    with attached(migrated=False) as config:  # before an upgrade too
        manifest = backups.backup(config, file)
    click.echo(f"已备份 {len(manifest.corps)} 家企业到 {file} / backed up {len(manifest.corps)} corps to {file}")
    click.echo("密钥不在备份中，请另行保管 secret_key / the secret key is not in it: keep secret_key in another place")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="不再询问 / do not ask")
def restore(file: Path, *, yes: bool) -> None:
    """用备份 FILE 替换现有的全部数据 / Replace all data by the backup FILE; the service must stand still."""
    if not yes:
        click.confirm("现有数据将全部被替换，继续？/ All present data will be replaced. Go on?", abort=True)
    with attached(migrated=False) as config:
        manifest = backups.restore(config, file)
    click.echo(f"已恢复 {manifest.made_at} 的备份 / restored the backup of {manifest.made_at}")
