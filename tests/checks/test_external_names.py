"""WeCom's name of a customer is known where WeCom is spoken to and where it stands; everybody else knows our number."""

from pathlib import Path

import scrm

SCRM = Path(scrm.__file__).parent
# Where it belongs: the protocol, the contact's own rows, identities, and what an old revision did.
_ITS_PLACES = ("wecom/", "customers/identities/", "core/migrations/")
_ITS_FILES = {
    *(f"customers/file/{name}.py" for name in ("models", "queries/contacts", "actions/splitting", "actions/entering")),
}
KNOWN = 76  # files elsewhere that name it; lowered with each that does no more, never raised


def _knowing() -> list[str]:
    named = [path.relative_to(SCRM).as_posix() for path in SCRM.rglob("*.py") if "external_userid" in path.read_text()]
    return sorted(name for name in named if not name.startswith(_ITS_PLACES) and name not in _ITS_FILES)


def test_no_more_files_know_the_name_of_wecom() -> None:
    knowing = _knowing()
    assert len(knowing) == KNOWN, "\n".join(knowing)
