"""HTTP to others: no redirect is followed, and no proxy that the environment names is used."""

import requests


class Session(requests.Session):
    """A session that goes where it was sent: what answers elsewhere would get the token, or be an address inside."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere; nor is what a redirect carries taken for the answer."""
        if resp.is_redirect:
            raise requests.TooManyRedirects("a redirect, which is not followed", response=resp)
