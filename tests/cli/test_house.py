"""What the house says it is made of."""

from click.testing import CliRunner

from scrm import wiring
from scrm.cli import main


def _said(*words: str) -> list[str]:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def test_routes_name_every_address_with_its_roles() -> None:
    lines = [line.split(maxsplit=3) for line in _said("routes")]
    assert len(lines) == sum(len(api.operations) for api in wiring.APIS)
    by_address = {(method, path): (permission, roles) for method, path, permission, roles in lines}
    assert by_address["GET", "/api/v1/audit"] == ("audit.read", "administrator, compliance")


def test_routes_of_a_role_are_those_that_it_may_call() -> None:
    lines = _said("routes", "--role", "marketer")
    assert any("/api/v1/broadcasts " in line for line in lines)
    assert not any("/api/v1/audit" in line or "/messages" in line for line in lines)


def test_rooms_name_every_room_and_what_crosses_its_walls() -> None:
    lines = _said("rooms")
    assert [line for line in lines if not line.startswith(" ")] == [room.name for room in wiring.ROOMS]
    at, end = lines.index("compliance.alerts"), lines.index("compliance.handovers")
    assert any("FollowLost → compliance.follow_lost" in line for line in lines[at:end])
    assert any("alert.customer_id (customer)" in line for line in lines[at:end])
