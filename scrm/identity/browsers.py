"""What a browser says of itself, as two words of our own: nothing of its text is kept."""

_LONGEST = 1_000  # characters that are looked at

# In the order in which they are asked: each names those after it as well.
_BROWSERS = (
    ("wxwork", "wecom"),
    ("micromessenger", "wechat"),
    ("qqbrowser", "qq"),
    ("ucbrowser", "uc"),
    ("huaweibrowser", "huawei"),
    ("miuibrowser", "xiaomi"),
    ("samsungbrowser", "samsung"),
    ("edg", "edge"),
    ("opr/", "opera"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("chrome", "chrome"),
    ("crios", "chrome"),
    ("safari", "safari"),
)
_SYSTEMS = (
    ("windows", "windows"),
    ("harmony", "harmony"),
    ("android", "android"),
    ("iphone", "ios"),
    ("ipad", "ios"),
    ("mac os", "macos"),
    ("cros", "chromeos"),
    ("linux", "linux"),
)
OTHER = "other"


def told(user_agent: str) -> tuple[str, str]:
    """Family of the browser and of the system; `OTHER` where it is none of those known."""
    text = user_agent[:_LONGEST].lower()
    return _first(_BROWSERS, text), _first(_SYSTEMS, text)


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((word for sign, word in known if sign in text), OTHER)
