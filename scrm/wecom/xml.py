"""WeCom's small XML documents, read with expat: no DOCTYPE, no depth, nothing but text and elements.

A flat reader of our own because the endpoint is open to the world: xmltodict accepts 200,000 nested elements before any
signature is checked, and this one costs half of it.
"""

import re
from typing import Any
from xml.parsers import expat  # nosec B406: DOCTYPE, and with it every entity declaration, is refused below

MAX_DEPTH = 8
MAX_ELEMENTS = 5_000

Fields = dict[str, Any]

# Characters that XML forbids, also as references: a nickname holds them, and all else of the document is well.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|([0-9]{1,10}));")
_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")


class XmlRefused(Exception):
    """Not a document that WeCom would send."""


def made_readable(document: bytes) -> bytes:
    """The document with bad UTF-8 replaced and forbidden characters dropped; for those whose sender has been proven."""
    text = _FORBIDDEN.sub("", document.decode("utf-8", "replace"))
    return _DECLARED.sub("", _REFERENCE.sub(_allowed, text)).encode()


def _allowed(reference: "re.Match[str]") -> str:
    hexadecimal, decimal = reference.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return "" if code > 0x10FFFF or _FORBIDDEN.match(chr(code)) else reference.group()


def parse(document: bytes) -> Fields:
    """The children of the root ``<xml>``: text, a dict of children, or a list where an element comes repeatedly.

    Raises `XmlRefused` on a DOCTYPE, more than 8 levels, more than 5,000 elements, or anything malformed.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise XmlRefused(str(error)) from None
    return reader.root


class _Reader:
    def __init__(self) -> None:
        self.root: Fields = {}
        self._stack: list[tuple[str, Fields, list[str]]] = []
        self._elements = 0

    def doctype(self, *_: object) -> None:
        raise XmlRefused("DOCTYPE")

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._stack) >= MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise XmlRefused("too deep or too many elements")
        self._stack.append((name, {}, []))

    def text(self, data: str) -> None:
        if self._stack:
            self._stack[-1][2].append(data)

    def end(self, _name: str) -> None:
        name, children, parts = self._stack.pop()
        value: Any = children or "".join(parts).strip()
        if not self._stack:
            self.root = children
            return
        parent = self._stack[-1][1]
        if name in parent:
            known = parent[name]
            parent[name] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            parent[name] = value


def text_of(fields: Fields, name: str) -> str:
    """A field's text; empty if it is absent or no text."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""
