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


class Library:
    """The library itself, loaded; raises OSError where it is not to be had."""

    def __init__(self, path: str) -> None:
        self.functions = ctypes.CDLL(path)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(self.functions, name)
            function.restype, function.argtypes = result, arguments

    def decrypt_data(self, encrypt_key: str, encrypt_chat_msg: str) -> bytes:
        """The JSON of a message; needs no handle."""
        if "\0" in encrypt_key or "\0" in encrypt_chat_msg:
            raise SdkError(10008)
        with self.slice() as slice_:
            code = self.functions.DecryptData(encrypt_key.encode(), encrypt_chat_msg.encode(), slice_)
            return self.content(code, slice_)

    @contextmanager
    def slice(self) -> Iterator[int]:
        slice_ = self.functions.NewSlice()
        try:
            yield slice_
        finally:
            self.functions.FreeSlice(slice_)

    def content(self, code: int, slice_: int) -> bytes:
        """What a call has put into a slice."""
        if code:
            raise SdkError(code)
        pointer = self.functions.GetContentFromSlice(slice_)
        if not pointer:
            raise SdkError(10003)
        return _bytes(pointer, self.functions.GetSliceLen(slice_))


class FinanceSdk:
    """One handle of the library; to be used by one thread."""

    def __init__(self, library: Library, corp_id: str, secret: str, *, proxy: str = "", timeout: int = 10) -> None:
        self._library, self._functions = library, library.functions
        self._proxy, self._password = _split_proxy(proxy)
        self._timeout = timeout
        self._handle = self._functions.NewSdk()
        if not self._handle:
            raise SdkError(10003)
        code = self._functions.Init(self._handle, corp_id.encode(), secret.encode())
        if code:
            self.close()
            raise SdkError(code)

    def close(self) -> None:
        self._functions.DestroySdk(self._handle)
        self._handle = None

    def get_chat_data(self, seq: int, limit: int) -> bytes:
        """The JSON of a page."""
        with self._library.slice() as slice_:
            code = self._functions.GetChatData(
                self._handle, seq, limit, self._proxy, self._password, self._timeout, slice_
            )
            return self._library.content(code, slice_)

    def get_media_data(self, index_buf: str, sdkfileid: str) -> tuple[bytes, str, bool]:
        """Bytes of one chunk, the next index, whether it was the last."""
        media = self._functions.NewMediaData()
        try:
            code = self._functions.GetMediaData(
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
            data = _bytes(self._functions.GetData(media), self._functions.GetDataLen(media))
            index = _bytes(self._functions.GetOutIndexBuf(media), self._functions.GetIndexLen(media))
            return data, index.decode(), self._functions.IsMediaDataFinish(media) == 1
        finally:
            self._functions.FreeMediaData(media)


def _bytes(pointer: int | None, length: int) -> bytes:
    return ctypes.string_at(pointer, length) if pointer and length > 0 else b""


def _split_proxy(proxy: str) -> tuple[bytes, bytes]:
    """``http://user:password@host:port`` as the library wants it: address and ``user:password`` apart."""
    scheme, _, rest = proxy.rpartition("://")
    credentials, _, host = rest.rpartition("@")
    return (f"{scheme}://{host}" if scheme else host).encode(), credentials.encode()
