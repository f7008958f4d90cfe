"""What keeps the service from starting, as one sentence in two languages."""


class Refused(Exception):
    """The service or a command cannot start here; the message says what to do about it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en
