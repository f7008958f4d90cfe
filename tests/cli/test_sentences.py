"""What a command that cannot be carried out says: one sentence, exit code 2."""

import socket

import pytest
from click.testing import CliRunner

from scrm.cli import main


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["--nonsense"],
        ["corp", "apply"],
        ["corp", "apply", "/nowhere/corp.yaml"],
        ["corp", "nonsense"],
        ["user", "create", "anna"],
        ["user", "create", "anna", "--role", "boss", "--corp", "ww1"],
        ["token", "create"],
        ["backup", "/"],
        ["simulator", "--port", "many"],
        ["simulator", "--port", "0", "--journal", "/proc/nowhere/world.jsonl"],
        ["simulator", "--port", "0", "--journal", "/"],
    ],
)
def test_wrong_words_are_answered_by_one_sentence(words: list[str]) -> None:
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


def test_group_without_a_command_shows_what_there_is() -> None:
    result = CliRunner().invoke(main, ["corp"])
    assert result.exit_code == 2
    assert "apply" in result.output


def test_simulator_on_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = CliRunner().invoke(main, ["simulator", "--port", str(taken.getsockname()[1])])
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
