"""Chinese in one script: traditional characters as simplified ones, character by character, and names as pinyin.

`opencc` and `pypinyin` instead of tables of ours: 4,500 characters with two scripts and 40,000 with a reading change
with every release of Unicode. Whole phrases are left alone (乾 is 干 or 乾), since a search must fold a piece of a text
as it folds the text.
"""

import os
import re
from collections.abc import Callable
from functools import cache, lru_cache

_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))
_TOKENS = re.compile("[a-z0-9]+|[\u3400-\u9fff]")
_LONGEST = 12  # syllables of a name that are romanised
# Read otherwise in names, or as often one way as the other.
_ALSO = {
    "曾": "zeng",
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "区": "ou",
    "查": "zha",
    "朴": "piao",
    "盖": "ge",
    "翟": "zhai",
    "乐": "yue",
    "尉": "yu",
    "覃": "qin",
    "种": "chong",
    "召": "shao",
    "折": "she",
    "员": "yun",
    "冼": "xian",
    "缪": "miao",
    "万": "mo",
    "澹": "tan",
    "长": "zhang",
    "行": "hang",
    "重": "chong",
    "朝": "zhao",
    "沈": "shen",
    "洗": "xian",
    "秘": "bi",
    "车": "che",
    "石": "shi",
    "柏": "bai",
    "贾": "jia",
    "卜": "bu",
    "都": "du",
    "那": "na",
    "宓": "mi",
    "逄": "pang",
}


@cache
def _table() -> dict[str, str]:
    # When first asked for: some 50 ms that most commands never need.
    import opencc

    characters = [chr(code) for first, behind in _BLOCKS for code in range(first, behind)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    made = {old: new for old, new in zip(characters, simplified, strict=True) if old != new}
    # Once is enough: what comes out is not folded any further.
    return {old: made.get(new, new) for old, new in made.items()}


@cache
def _traditional() -> re.Pattern[str]:
    # Those of the first plane alone stand one by one: of these `re` makes a bitmap, of others a list to walk through.
    first_plane = "".join(one for one in _table() if ord(one) < 0x10000)
    return re.compile(f"[{first_plane}]|[\U00020000-\U0002a6df]")


@cache
def _spellings() -> dict[str, str]:
    found: dict[str, str] = {}
    for old, new in _table().items():
        found[new] = found.get(new, new) + old
    return found


def simplified(text: str) -> str:
    """The text with every traditional character as the simplified one; no longer and no shorter."""
    if text.isascii():
        return text
    simple = _table()
    return _traditional().sub(lambda found: simple.get(found.group(), found.group()), text)


def spellings(character: str) -> str:
    """A simplified character and the traditional ones that are it."""
    return _spellings().get(character, character)


def romanised(folded: str) -> list[tuple[list[str], list[str]]]:
    """Syllables of a folded, simplified name and their initials, once for each way to read it; none without Chinese."""
    tokens = _TOKENS.findall(folded)[:_LONGEST]
    if folded.isascii() or not any(unit > "\u3400" for unit in tokens):
        return []
    usual = [_reading(unit) if unit > "\u3400" else unit for unit in tokens]
    other = [_ALSO.get(unit, syllable) for unit, syllable in zip(tokens, usual, strict=True)]
    ways = [usual] if other == usual else [usual, other]
    return [(syllables, [syllable[0] for syllable in syllables]) for syllables in ways]


@lru_cache(maxsize=30_000)
def _reading(character: str) -> str:
    return _reader()(character)[0] or character


@cache
def _reader() -> Callable[[str], list[str]]:
    # Its phrases take half a second and 60 MB, and a name is none.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin

    return lazy_pinyin
