"""A process of its own for the archive's library: if it crashes, it takes nobody along.

Frames on stdin and stdout: four bytes of length, a JSON head, four bytes of length, a body. The library prints to
stdout at will, so the real one is kept aside and the library is given stderr.
"""

import json
import os
import sys
from typing import Any, BinaryIO

from scrm.wecom.client.archive_sdk import FinanceSdk, SdkError


def main() -> int:
    """Serve calls until stdin ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sdk: FinanceSdk | None = None
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        head, _ = frame
        try:
            if head["call"] == "init":
                sdk = FinanceSdk(
                    head["library"], head["corp_id"], head["secret"], proxy=head["proxy"], timeout=head["timeout"]
                )
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


def _answer(sdk: FinanceSdk, head: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    if head["call"] == "chat":
        return {"code": 0}, sdk.get_chat_data(head["seq"], head["limit"])
    if head["call"] == "decrypt":
        return {"code": 0}, sdk.decrypt_data(head["key"], head["message"])
    data, index, is_finish = sdk.get_media_data(head["index"], head["sdkfileid"])
    return {"code": 0, "index": index, "finish": is_finish}, data


def write_frame(stream: BinaryIO, head: dict[str, Any], body: bytes) -> None:
    text = json.dumps(head).encode()
    stream.write(len(text).to_bytes(4, "big") + text + len(body).to_bytes(4, "big") + body)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next frame; none at the end of the stream, also in the middle of a frame."""
    text = _read_part(stream)
    body = _read_part(stream) if text is not None else None
    if text is None or body is None:
        return None
    head: dict[str, Any] = json.loads(text)
    return head, body


def _read_part(stream: BinaryIO) -> bytes | None:
    size = stream.read(4)
    if len(size) < 4:
        return None
    length = int.from_bytes(size, "big")
    part = stream.read(length)
    return part if len(part) == length else None


if __name__ == "__main__":
    sys.exit(main())
