"""``python -m simulator``: see `main`."""

import argparse
import sys
from pathlib import Path

from simulator.serve import serve


def main() -> int:
    """Parse the command line and serve; 2 and one sentence if the port is taken."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description="企业微信模拟器 / WeCom simulator")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port; the first line printed names it")
    parser.add_argument("--demo", action="store_true", help="start with the demo corp")
    parser.add_argument("--journal", type=Path, help="keep the world in this file across restarts")
    parser.add_argument("--callback-base", default="", help="apps without a callback get BASE/wecom/callback/CORP/APP")
    parser.add_argument("--trickle", type=float, default=0.0, help="small events a minute that happen by themselves")
    given = parser.parse_args()
    try:
        serve(
            host=given.host,
            port=given.port,
            with_demo=given.demo,
            journal=given.journal,
            callback_base=given.callback_base,
            trickle=given.trickle,
        )
    except OSError as problem:
        sys.stderr.write(f"{given.host}:{given.port}: {problem.strerror}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
