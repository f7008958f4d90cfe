"""Addresses that customers will open: what they seem to be is what they are."""

import unicodedata
from urllib.parse import urlsplit


def is_web(address: str) -> bool:
    """Whether it is an address of the web without tricks.

    No line breaks or blanks (a second header, a second link), no ``user:password@`` (``https://qq.com@evil.cn`` opens
    evil.cn), no backslash (browsers read a slash), no directions or hidden characters (U+202E turns the text around).
    """
    if "\\" in address or any(unicodedata.category(one)[0] in "CZ" for one in address):
        return False
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        return False
    return _is_host(parts.hostname or "")


def _is_host(host: str) -> bool:
    """A name or an address; letters beyond ASCII are judged as the resolver will see them."""
    if ":" in host:
        return True  # an IPv6 address, which urlsplit has judged
    try:
        plain = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return False
    return bool(plain) and all(label and set(label) <= _OF_HOSTS for label in plain.rstrip(".").split("."))


_OF_HOSTS = set("abcdefghijklmnopqrstuvwxyz0123456789-_")
