"""A WeCom that fits in a process: its HTTP API as strict as the real one, and a world somebody can play.

Start with `world` for what there is, `edge` for how a call is answered, `control` for how the world is played. A new
family of calls is a module that registers its routes with `edge.api` and is named in `app.WORLDS`.
"""

from simulator.app import create_app
from simulator.serve import Running, open_server, serve

__all__ = ["Running", "create_app", "open_server", "serve"]
