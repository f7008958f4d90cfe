"""A question that one room asks and another answers: `scrm.contracts` says which, `scrm.wiring.ports` who answers."""

from typing import Generic, TypeVar, cast

P = TypeVar("P")

_ports: list["Port[object]"] = []


class Port(Generic[P]):
    """Where the answer to a protocol ``P`` is found; bound once, when the rooms are wired."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._answer: P | None = None
        _ports.append(cast("Port[object]", self))

    def bind(self, answer: P) -> None:
        """Called by `scrm.wiring`; binding it anew replaces the answer."""
        self._answer = answer

    def __call__(self) -> P:
        """Whoever answers; raises `RuntimeError` where nobody does."""
        if self._answer is None:
            raise RuntimeError(f"nobody answers {self.name}: scrm.wiring.wire() has not been called")
        return self._answer


def unanswered() -> list[str]:
    """Names of the questions that nobody answers."""
    return sorted(port.name for port in _ports if port._answer is None)
