"""The C interface of ``libWeWorkFinanceSdk_C.so`` (page 91774) through ctypes.

All sixteen functions that we use take and give pointers, so that no struct layout is assumed. Every pointer type is
declared: an undeclared one is cut to 32 bits and crashes later, inside DecryptData. Text comes back by its length,
since media holds NULs.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

_POINTER = ctypes.c_void_p
_TEXT = ctypes.c_char_p
_INT = ctypes.c_int

_FUNCTIONS: dict[str, tuple[object, list[object]]] = {
    "NewSdk": (_POINTER, []),
    "Init": (_INT, [_POINTER, _TEXT, _TEXT]),
    "DestroySdk": (None, [_POINTER]),
    "GetChatData": (_INT, [_POINTER, ctypes.c_ulonglong, ctypes.c_uint, _TEXT, _TEXT, _INT, _POINTER]),
    "DecryptData": (_INT, [_TEXT, _TEXT, _POINTER]),
    # The index comes before the file id, although the comment in the header lists them the other way round.
    "GetMediaData": (_INT, [_POINTER, _TEXT, _TEXT, _TEXT, _TEXT, _INT, _POINTER]),
    "NewSlice": (_POINTER, []),
    "FreeSlice": (None, [_POINTER]),
    "GetContentFromSlice": (_POINTER, [_POINTER]),
    "GetSliceLen": (_INT, [_POINTER]),
    "NewMediaData": (_POINTER, []),
    "FreeMediaData": (None, [_POINTER]),
    "GetOutIndexBuf": (_POINTER, [_POINTER]),
    "GetData": (_POINTER, [_POINTER]),
    "GetIndexLen": (_INT, [_POINTER]),
    "GetDataLen": (_INT, [_POINTER]),
    "IsMediaDataFinish": (_INT, [_POINTER]),
}


class SdkError(Exception):
    """A return code other than 0."""

    def __init__(self, code: int) -> None:
        super().__init__(f"code {code}")
        self.code = code


class FinanceSdk:
    """One handle of the library; to be used by one thread."""

    def __init__(self, library: str, corp_id: str, secret: str, *, proxy: str = "", timeout: int = 10) -> None:
        self._library = ctypes.CDLL(library)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(self._library, name)
            function.restype, function.argtypes = result, arguments
        self._proxy, self._password = _split_proxy(proxy)
        self._timeout = timeout
        self._handle = self._library.NewSdk()
        if not self._handle:
            raise SdkError(10003)
        code = self._library.Init(self._handle, corp_id.encode(), secret.encode())
        if code:
            self.close()
            raise SdkError(code)

    def close(self) -> None:
        self._library.DestroySdk(self._handle)
        self._handle = None

    def get_chat_data(self, seq: int, limit: int) -> bytes:
        """The JSON of a page."""
        with self._slice() as slice_:
            code = self._library.GetChatData(
                self._handle, seq, limit, self._proxy, self._password, self._timeout, slice_
            )
            return self._content(code, slice_)

    def decrypt_data(self, encrypt_key: str, encrypt_chat_msg: str) -> bytes:
        """The JSON of a message; needs no handle."""
        if "\0" in encrypt_key or "\0" in encrypt_chat_msg:
            raise SdkError(10008)
        with self._slice() as slice_:
            code = self._library.DecryptData(encrypt_key.encode(), encrypt_chat_msg.encode(), slice_)
            return self._content(code, slice_)

    def get_media_data(self, index_buf: str, sdkfileid: str) -> tuple[bytes, str, bool]:
        """Bytes of one chunk, the next index, whether it was the last."""
        media = self._library.NewMediaData()
        try:
            code = self._library.GetMediaData(
                self._handle,
                index_buf.encode(),
                sdkfileid.encode(),
                self._proxy,
                self._password,
                self._timeout,
                media,
            )
            if code:
                raise SdkError(code)
            data = _bytes(self._library.GetData(media), self._library.GetDataLen(media))
            index = _bytes(self._library.GetOutIndexBuf(media), self._library.GetIndexLen(media))
            return data, index.decode(), self._library.IsMediaDataFinish(media) == 1
        finally:
            self._library.FreeMediaData(media)

    @contextmanager
    def _slice(self) -> Iterator[int]:
        slice_ = self._library.NewSlice()
        try:
            yield slice_
        finally:
            self._library.FreeSlice(slice_)

    def _content(self, code: int, slice_: int) -> bytes:
        if code:
            raise SdkError(code)
        pointer = self._library.GetContentFromSlice(slice_)
        if not pointer:
            raise SdkError(10003)
        return _bytes(pointer, self._library.GetSliceLen(slice_))


def _bytes(pointer: int | None, length: int) -> bytes:
    return ctypes.string_at(pointer, length) if pointer and length > 0 else b""


def _split_proxy(proxy: str) -> tuple[bytes, bytes]:
    """``http://user:password@host:port`` as the library wants it: address and ``user:password`` apart."""
    scheme, _, rest = proxy.rpartition("://")
    credentials, _, host = rest.rpartition("@")
    return (f"{scheme}://{host}" if scheme else host).encode(), credentials.encode()
