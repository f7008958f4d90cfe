"""``python -m tests.faults.puller NUMBER``: pulls the archive of one corp until it is killed."""

import sys
import time

from scrm import wiring
from scrm.core.doorbell import Lane
from scrm.wecom.archive import pull


def main(corp: int) -> None:
    wiring.wire()
    while True:
        if not pull.drain_batch(corp, Lane.BULK):
            time.sleep(0.02)


if __name__ == "__main__":
    main(int(sys.argv[1]))
