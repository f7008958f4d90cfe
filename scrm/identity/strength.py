"""Whether a password is too easy to guess.

zxcvbn counts the guesses that one who knows common passwords, names, keyboards, dates and repetitions needs. To its own
lists come what Chinese users choose, the product's words, the account's own (name, member, company), and common
passwords that it takes for good ones.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from scrm.identity.errors import PasswordCommon, PasswordWeak

MIN_PASSWORD = 10
# At the door that takes years; whoever has stolen the hash of one account needs days on a graphics card.
LEAST_GUESSES = 10**9
LIST = Path(__file__).with_name("common_passwords.txt")
_LOOKED_AT = 72  # characters; what is longer is not guessed by its end
_PRODUCT = ("scrm", "wecom", "wechat", "weixin", "wxwork", "qiyeweixin", "qywx", "企业微信", "微信")
# Parts of passwords that Chinese users choose, in pinyin, digits and on the keyboard.
_CHINESE = (
    "woaini", "woaiwo", "woaiwojia", "aini", "zhendeaini", "wodemima", "mima", "mimashi", "woshishui", "woshi",
    "wobuzhidao", "buzhidao", "7758521", "7758258", "3344520", "584520", "58451314", "770880", "1314", "5201314",
    "520", "521", "1314520", "147258", "147258369", "159357", "112233", "147852", "789456", "456123", "789456123",
    "741852963", "963852741", "123321", "1234567890", "0123456789", "987654321", "9876543210", "123123", "1qaz2wsx",
    "1q2w3e4r", "1q2w3e4r5t", "qazwsx", "qazwsxedc", "zaq12wsx", "q1w2e3r4", "asd123", "abc123", "aa123456",
    "a123456", "a123456789", "q123456", "qq123456", "qwe123", "zxc123", "zx123456", "woaini1314", "woaini520",
    "iloveyou", "zhongguo", "china", "beijing", "shanghai", "guangzhou", "shenzhen", "taobao", "alipay", "tencent",
    "baidu", "qqcom", "gongsi", "bangong", "denglu", "guanliyuan", "admin", "administrator", "root", "password",
    "passw0rd", "p@ssw0rd", "welcome", "letmein", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "dearbook",
    "xiazhili", "facai", "gongxifacai", "baobei", "laopo", "laogong", "tiankong", "tiantian", "xiaoxiao", "dandan",
    "zhangwei", "wangwei", "wangfang", "liwei", "lina", "zhangmin", "lijing", "wangjing", "liuwei", "zhangli",
    "lilei", "hanmeimei", "zhangsan", "lisi", "wangwu", "wojiushiwo", "nishiwode", "nishiwodema", "zhimakaimen",
    "wodezuiai", "woshitiancai", "tiancai", "ainiyiwannian", "yiwannian", "aidejiushini", "woxihuanni", "xihuanni",
    "woxiangni", "jiandanai", "daohaosiquanjia", "daohao", "caonima", "wocaonima", "xiaoming", "xiaohong",
    "xiaoqiang", "xiaolong", "xiaofeng", "xiaoyu", "dongfangbubai", "tiantianxiangshang", "haohaoxuexi", "gongzuo",
    "shunli", "wanshiruyi", "yifanfengshun", "xinniankuaile", "shengrikuaile", "kuaile", "pingan", "jiankang",
    "xingfu", "shenghuo", "xiexie", "nihao", "xiaoshou", "yuangong", "kehu", "shangwu", "guanli", "caiwu", "renshi",
    "jishu", "yunying", "kefu", "laoban", "jingli", "zongjingli", "zhuguan", "qiye", "zhifubao", "weibo", "douyin",
    "jingdong", "huawei", "xiaomi", "baobao", "dabao", "xiaobao", "tianshi", "jingjing", "tingting", "mengmeng",
    "jianjian", "weiwei", "yangyang", "yuanyuan", "chenchen", "zhangjie", "zhanglei", "wanglei", "wangjian",
    "chenwei", "liuyang", "zhangyang", "woaizhongguo", "woaini1314520", "7215217758991",
)  # fmt: skip


def check(password: str, *, own_words: Sequence[str], old: str | None = None) -> None:
    """Refuse a new password that is too short, the old one, or easily guessed; `PasswordWeak`, `PasswordCommon`.

    ``own_words`` are those of the account: its name, its person's, its company's.
    """
    if len(password) < MIN_PASSWORD or password in {*own_words, old}:
        raise PasswordWeak()
    if _folded(password) in _left_over() or guesses(password, own_words=own_words) < LEAST_GUESSES:
        raise PasswordCommon()


def guesses(password: str, *, own_words: Iterable[str] = ()) -> float:
    """How many guesses a password stands, as case, width and look-alike letters make no difference."""
    from zxcvbn import zxcvbn  # its lists take a tenth of a second to load, in every process

    folded = _folded(password)[:_LOOKED_AT]
    words = [*_words(own_words), *_PRODUCT, *_CHINESE]
    return float(zxcvbn(folded, user_inputs=words)["guesses"])


@cache
def _left_over() -> frozenset[str]:
    lines = LIST.read_text().splitlines()
    return frozenset(line for line in lines if not line.startswith("# "))


def _words(given: Iterable[str]) -> Iterable[str]:
    """Each word, its parts, and as pinyin."""
    from pypinyin import lazy_pinyin  # half a second, in every process

    for word in map(_folded, given):
        pinyin = "".join(lazy_pinyin(word))
        for one in {word, pinyin, *re.split(r"[\W_]+", word)}:
            if len(one) > 1:
                yield one


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
