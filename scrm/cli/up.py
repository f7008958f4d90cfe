"""`scrm up`: run the whole service on this machine."""

import click

from scrm.runtime.up import up as run


@click.command()
@click.option("--no-demo", is_flag=True, help="不带演示企业 / without the demo corp, its logins and /simulator")
@click.option(
    "--backed-up", is_flag=True, help="已另行备份，升级前不再自动备份 / a backup has been made; upgrade without one"
)
def up(*, no_demo: bool, backed_up: bool) -> None:
    """启动全部服务，Ctrl-C 停止 / Run everything until Ctrl-C: database, Redis, web, workers, scheduler, demo."""
    run(demo=not no_demo, backed_up=backed_up)
