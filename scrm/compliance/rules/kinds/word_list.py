"""The rule kind "word list": a message that contains one of up to 10,000 words.

`ahocorasick_rs` instead of a loop of ours: it finds 10,000 words in a million messages a second, a loop in 3,500.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from ahocorasick_rs import AhoCorasick
from pydantic import BaseModel, ConfigDict, Field

from scrm.compliance.rules.folding import fold, fold_with_places, has_borders, splits_word
from scrm.compliance.rules.kind import Finding, Hit, Kind, Said

MAX_WORDS = 10_000
MAX_LENGTH = 64  # characters of one word
MIN_LENGTH = 2


class Senders(StrEnum):
    """Whose messages are looked at."""

    STAFF = "staff"
    CUSTOMER = "customer"
    ANYONE = "anyone"


class Parameters(BaseModel):
    """What a word list is made of; ``words`` have been cleaned by `clean`."""

    model_config = ConfigDict(extra="forbid")

    words: list[str] = Field(min_length=1, max_length=MAX_WORDS)
    senders: Senders = Senders.ANYONE


@dataclass(frozen=True)
class Cleaned:
    """A pasted list, cleaned: the words in order, how many lines said the same, and lines that are no word."""

    words: list[str]
    duplicates: int
    bad: list[tuple[int, str]]  # line number from 1, and why: short, long


def clean(lines: Sequence[str]) -> Cleaned:
    """One word per line, cleaned of blank lines and of words that fold to the same; nothing is dropped unsaid."""
    words: dict[str, str] = {}
    duplicates = 0
    bad: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        word = line.strip()
        if not word:
            continue
        folded = fold(word)
        if len(word) > MAX_LENGTH:
            bad.append((number, "long"))
        elif len(folded) < MIN_LENGTH or "\0" in word:
            bad.append((number, "short"))
        elif folded in words:
            duplicates += 1
        else:
            words[folded] = word
    return Cleaned(list(words.values()), duplicates, bad)


class WordList:
    """A compiled list; immutable, shared by threads."""

    def __init__(self, parameters: Parameters) -> None:
        # What an earlier folding took for a word may be none to this one.
        folded = [(word, form) for word in parameters.words if (form := fold(word))]
        self._words = [word for word, _ in folded]
        self._senders = parameters.senders
        self._folded = [form for _, form in folded]
        self._automaton = AhoCorasick(self._folded)
        self._borders = [has_borders(word) for word in self._folded]

    def scan(self, messages: Sequence[Said]) -> list[Finding]:
        """Which messages contain which words, each word once per message.

        All messages are folded and searched as one text, NULs between: a call per message costs more than the search.
        Only what hits a word with borders is looked at once more, in the text as it was written.
        """
        looked_at = [number for number, said in enumerate(messages) if self._is_meant(said)]
        joined = fold("\0".join(messages[number].text.replace("\0", "") for number in looked_at))
        hits = self._automaton.find_matches_as_indexes(joined, overlapping=True)
        if not hits:
            return []
        starts = list(accumulate((len(part) + 1 for part in joined.split("\0")), initial=0))
        found: dict[int, dict[int, None]] = {}
        for word, start, _ in hits:
            number = looked_at[bisect_right(starts, start) - 1]
            found.setdefault(number, {})[word] = None
        findings = []
        for number, numbers in sorted(found.items()):
            words = self._words_in(messages[number].text.replace("\0", ""), numbers)
            if words:
                findings.append(Finding(number, words))
        return findings

    def locate(self, text: str) -> list[Hit]:
        """Where in one text which words stand, for people to see."""
        return [Hit(self._words[word], start, end) for word, start, end in self._standing(text)]

    def _words_in(self, text: str, numbers: Iterable[int]) -> list[str]:
        """Those of the words that stand in the text by themselves."""
        if any(self._borders[word] for word in numbers):
            standing = {word for word, _, _ in self._standing(text)}
            numbers = [word for word in numbers if not self._borders[word] or word in standing]
        return [self._words[word] for word in numbers]

    def _standing(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Numbers of words, and where in the text as it was written they begin and end."""
        folded, places = fold_with_places(text)
        for word, first, behind in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            start, end = places[first], places[behind - 1] + 1
            if not splits_word(text, start, end, self._folded[word]):
                yield word, start, end

    def _is_meant(self, said: Said) -> bool:
        if not said.text or self._senders is Senders.ANYONE:
            return bool(said.text)
        return (said.sender_kind == "staff") == (self._senders is Senders.STAFF)


KIND = Kind(name="word_list", zh="词表", en="Word list", parameters=Parameters, compile=WordList)
