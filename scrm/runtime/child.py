"""Start a program that never outlives the process that started it.

``python -m scrm.runtime.child [--account UID:GID] [--death-signal NAME] -- PROGRAM ARGUMENT...`` gives up root, asks
the kernel to send the signal when the parent dies, and becomes the program. Without it a killed supervisor would leave
servers behind that hold the sockets and the data.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process the signal when the thread that started it ends (Linux; elsewhere nothing)."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:  # it died in between, so that no signal will come
        os.kill(os.getpid(), number)


def argv(
    program: list[str], *, account: tuple[int, int] | None = None, death_signal: signal.Signals = signal.SIGTERM
) -> list[str]:
    """The command line that runs ``program`` through this module."""
    lent = ["--account", f"{account[0]}:{account[1]}"] if account else []
    return [sys.executable, "-m", "scrm.runtime.child", *lent, "--death-signal", death_signal.name, "--", *program]


def main(words: list[str]) -> None:
    split = words.index("--")
    options = dict(zip(words[:split:2], words[1:split:2], strict=True))
    program = words[split + 1 :]
    if "--account" in options:
        uid, gid = (int(part) for part in options["--account"].split(":"))
        os.chdir("/")
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the change of account, which would clear it.
    die_with_parent(signal.Signals[options.get("--death-signal", "SIGTERM")])
    os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
