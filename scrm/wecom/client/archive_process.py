"""A child process for the archive: a crash of WeCom's library takes nobody along, and RSA waits for nobody.

Serves what `archive_frames` carries. The library prints to stdout at will, so the real one is kept aside and the
library is given stderr.
"""

import os
import signal
import sys
from functools import lru_cache
from typing import Any

import orjson

from scrm.wecom.client.archive_frames import read_frame, write_frame
from scrm.wecom.client.archive_sdk import FinanceSdk, Library, SdkError
from scrm.wecom.client.archive_sealing import Decrypt, decrypt_simulated, open_each

_library = lru_cache(maxsize=8)(Library)


def main() -> int:
    """Serve calls until stdin ends, as it does when the parent dies; a signal to the group is the parent's affair."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sdk: FinanceSdk | None = None
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        head, body = frame
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
        except OSError as error:
            write_frame(answers, {"code": -1, "reason": str(error)}, b"")
    return 0


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
