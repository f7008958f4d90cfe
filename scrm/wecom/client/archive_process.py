"""A child process for the archive: a crash of WeCom's library takes nobody along, and RSA waits for nobody.

Serves what `archive_frames` carries. The library prints to stdout at will, so the real one is kept aside and the
library is given stderr.
"""

import ctypes
import os
import resource
import signal
import sys
from functools import lru_cache
from typing import Any

import orjson

from scrm.wecom.client.archive_frames import BROKEN, NOT_LOADED, read_frame, write_frame
from scrm.wecom.client.archive_sdk import FinanceSdk, Library, SdkError
from scrm.wecom.client.archive_sealing import Decrypt, decrypt_simulated, open_each

_library = lru_cache(maxsize=8)(Library)


_PR_SET_DUMPABLE = 4
_LONGEST = 60  # seconds for one call: a library that hangs must not keep an orphan alive


def main() -> int:
    """Say that we are there, and serve calls until stdin ends, as it does when the parent dies."""
    for number in (signal.SIGINT, signal.SIGTERM):  # to the group, so the parent's affair
        signal.signal(number, signal.SIG_IGN)
    _leave_no_core()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    write_frame(answers, {"code": 0}, b"")
    sdk: FinanceSdk | None = None
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        head, body = frame
        signal.alarm(_LONGEST)
        try:
            if head["call"] == "open":
                write_frame(answers, *_opened(head, body))
            elif head["call"] == "init":
                library = _library(head["library"])
                sdk = FinanceSdk(library, head["corp_id"], head["secret"], proxy=head["proxy"], timeout=head["timeout"])
                write_frame(answers, {"code": 0}, b"")
            elif sdk is None:
                write_frame(answers, {"code": 10000}, b"")
            else:
                write_frame(answers, *_answer(sdk, head))
        except SdkError as error:
            write_frame(answers, {"code": error.code}, b"")
        except (OSError, AttributeError) as error:  # no such file, or a library of another kind
            write_frame(answers, {"code": NOT_LOADED, "reason": type(error).__name__}, b"")
        except Exception as error:
            write_frame(answers, {"code": BROKEN, "reason": type(error).__name__}, b"")
        signal.alarm(0)
    return 0


def _leave_no_core() -> None:
    """A crash must not write private keys to a file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _opened(head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """The messages one after another, and of each its size, or why it stays sealed."""
    decrypt: Decrypt = _library(head["library"]).decrypt_data if head["library"] else decrypt_simulated
    keys = {int(version): pem for version, pem in head["keys"].items()}
    plains = open_each(decrypt, keys, orjson.loads(body))
    sizes = [len(plain) if isinstance(plain, bytes) else plain.value for plain in plains]
    return {"code": 0, "sizes": sizes}, b"".join(plain for plain in plains if isinstance(plain, bytes))


def _answer(sdk: FinanceSdk, head: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if head["call"] == "chat":
        return {"code": 0}, sdk.get_chat_data(head["seq"], head["limit"])
    data, index, is_finish = sdk.get_media_data(head["index"], head["sdkfileid"])
    return {"code": 0, "index": index, "finish": is_finish}, data


if __name__ == "__main__":
    sys.exit(main())
