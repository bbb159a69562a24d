"""One person's browser, which asks the house's web server over HTTP."""

import secrets
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from django.conf import settings

from lawcrm.accounts.models import User
from tests import personas

# What a request meets whose server or whose database is killed under it.
UNANSWERED = (OSError, HTTPException)
SECONDS = 60.0


class Browser:
    def __init__(self, person: User, port: int) -> None:
        self.port, self.secret = port, secrets.token_hex(16)
        session = personas.signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: self.secret}
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def post(self, path: str, form: Mapping[str, str]) -> str:
        """Where the answer leads; a form that comes back, or a page of error, is no answer to what was asked."""
        body = urlencode({**form, "csrfmiddlewaretoken": self.secret})
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            if answer.status >= 500:
                raise HTTPException(answer.status)
            assert answer.status == 302, answer.read().decode()
            return answer.headers["Location"]
        finally:
            connection.close()
