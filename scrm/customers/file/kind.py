"""What a kind of happening on a customer's timeline is; one file each in `scrm.customers.file.kinds`."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Something that happens to a customer, by the name that rows keep.

    The words go on after the member's name. ``facts`` are those that an entry of it may tell; they hold words to show.
    """

    name: str
    zh: str
    en: str
    facts: tuple[str, ...] = ()
