"""What an identity looks like: each kind in one spelling, and how it is shown."""

import re
from dataclasses import dataclass

from scrm.core import numbers, search
from scrm.core.errors import AppError
from scrm.customers.identities.errors import BankInvalid, CreditCodeInvalid, MailInvalid, PhoneInvalid
from scrm.customers.identities.models import IdentityKind

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:10|2\d|[3-9]\d{2})\d{7,8}|[48]00\d{7}")  # its zero and country code left out
_ABROAD = re.compile(r"[1-9]\d{6,14}")
_MAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@(?:[^\s@.<>\"(),:;\[\]\\]{1,63}\.)+[^\s@.<>\"(),:;\[\]\\]{2,63}")
_ACCOUNT = re.compile(r"\d{8,32}")
_BLANK = re.compile(r"[\s\-‐-―−]+")
# GB 32100-2015: no I, O, S, V, Z; the last character makes the weighted sum a multiple of 31.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE = re.compile(rf"[{_ALPHABET}]{{18}}")


@dataclass(frozen=True)
class Spelt:
    """What is meant, in the one spelling by which it is found, and as people write it."""

    key: str
    written: str


def spelt(kind: IdentityKind, value: str) -> Spelt:
    """Raises the error that says how the kind is written."""
    if kind is IdentityKind.PHONE:
        return _phone(value)
    return same(_key(kind, value))


def same(key: str) -> Spelt:
    """What is found as it is written."""
    return Spelt(key, key)


def _key(kind: IdentityKind, value: str) -> str:
    folded = search.fold(value)
    if kind is IdentityKind.MAIL:
        return _matched(_MAIL, folded, MailInvalid())
    if kind is IdentityKind.BANK:
        return _matched(_ACCOUNT, _BLANK.sub("", folded), BankInvalid())
    if kind is IdentityKind.CREDIT_CODE:
        code = _matched(_CODE, _BLANK.sub("", folded).upper(), CreditCodeInvalid())
        if not _adds_up(code):
            raise CreditCodeInvalid()
        return code
    return value


def shown(kind: IdentityKind, value: str) -> str:
    """As a page shows it: enough to tell one from another."""
    if kind is IdentityKind.MAIL:
        name, _, host = value.rpartition("@")
        return f"{name[:1]}***@{host}"
    if kind is IdentityKind.UNIONID:
        return f"{value[:4]}…"
    return value if kind is IdentityKind.CREDIT_CODE else numbers.mask(value)  # the code is public


def _phone(value: str) -> Spelt:
    digits = search.phone(value)
    foreign = search.fold(value).startswith(("+", "00")) and not search.fold(value).startswith(("+86", "0086"))
    shapes = (_ABROAD,) if foreign else (_MOBILE, _LANDLINE)
    if digits is None or not any(shape.fullmatch(digits) for shape in shapes):
        raise PhoneInvalid()
    area = not foreign and _MOBILE.fullmatch(digits) is None and digits[1:3] != "00"
    return Spelt(digits, f"{'+' if foreign else '0' if area else ''}{digits}")


def _matched(shape: re.Pattern[str], value: str, otherwise: AppError) -> str:
    if shape.fullmatch(value) is None:
        raise otherwise
    return value


def _adds_up(code: str) -> bool:
    total = sum(_ALPHABET.index(one) * pow(3, place, 31) for place, one in enumerate(code[:17]))
    return (total + _ALPHABET.index(code[17])) % 31 == 0
