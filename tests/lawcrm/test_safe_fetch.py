"""Nothing inside is ever asked: a listener on loopback stands for every private server."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

from lawcrm.doors.safe_fetch import FetchFailed, FetchRefused, fetch, is_public


class Inside(http.server.BaseHTTPRequestHandler):
    """A private server that also knows how to redirect, drip and flood."""

    hits = 0
    hosts: list[str]

    def do_GET(self) -> None:
        Inside.hits += 1
        Inside.hosts.append(str(self.headers["Host"]))
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/secret")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/calendar; charset=utf-8")
        self.end_headers()
        if self.path == "/flood":
            self.flood()
        elif self.path == "/drip":
            self.drip()
        else:
            self.wfile.write(b"BEGIN:VCALENDAR")

    def flood(self) -> None:
        try:
            for _ in range(10_000):
                self.wfile.write(b"x" * 10_000)
        except OSError:
            pass

    def drip(self) -> None:
        try:
            for _ in range(100):
                self.wfile.write(b".")
                time.sleep(0.1)
        except OSError:
            pass

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def inside() -> Iterator[int]:
    Inside.hits, Inside.hosts = 0, []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inside)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


# {p} is the port of the listener; each also stands for the usual ports through the address alone.
FORBIDDEN = [
    "http://127.0.0.1:{p}/",
    "http://127.0.0.1/",
    "http://localhost:{p}/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1%25lo]/",
    "http://[fc00::1]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://①②⑦.⓪.⓪.①/",
    "http://user@127.0.0.1:{p}/",
    "http://example.com@127.0.0.1:{p}/",
    "http://127.0.0.1:{p}\\@example.com/",
    "http://example.com:22/",
    "http://example.com:99999/",
    "https://127.0.0.1:{p}/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{p}/",
    "gopher://127.0.0.1:{p}/_GET",
    "unix:///tmp/socket",
    "//127.0.0.1:{p}/",
    "http://",
    "http:///path",
    "http://[::1",
    "",
    "http://127.0.0.1:{p}/\r\nHost: x",
    "http://127.0.0.1 :{p}/",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_nothing_private_is_asked(url: str, inside: int) -> None:
    with pytest.raises((FetchRefused, FetchFailed)) as refused:
        fetch(url.format(p=inside), seconds=2)
    assert Inside.hits == 0
    assert isinstance(refused.value, FetchRefused) or "could not be found" in str(refused.value)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b::7f00:1", False),
        ("2002:5db8:d822::", True),
        ("2002:0a00:1::", False),
        ("::ffff:10.0.0.1", False),
        ("2001:db8::1", False),
        ("192.0.2.1", False),
    ],
)
def test_what_counts_as_public(address: str, public: bool) -> None:  # noqa: FBT001
    assert is_public(ip_address(address)) is public


def own(settings: Any, port: int) -> str:
    settings.FETCH_OWN_SERVERS = (f"intern.test:{port}",)
    return f"http://intern.test:{port}"


def resolving_to(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Stands in for the name server, whose second answer may differ from the first."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if ip_like(str(host)):
            return real(host, port, *args, **kwargs)
        asked.append(str(host))
        value = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in value.split()]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def ip_like(host: str) -> bool:
    return host.replace(".", "").isdigit()


def test_a_server_named_by_the_administrator_is_asked_by_its_name(
    settings: Any, monkeypatch: pytest.MonkeyPatch, inside: int
) -> None:
    asked = resolving_to(monkeypatch, "127.0.0.1", "203.0.113.9")
    fetched = fetch(own(settings, inside) + "/calendar?x=1")
    assert (fetched.status, fetched.mime, fetched.body) == (200, "text/calendar", b"BEGIN:VCALENDAR")
    assert (asked, Inside.hosts) == (["intern.test"], [f"intern.test:{inside}"])


def test_a_name_that_changes_its_address_is_looked_up_once(monkeypatch: pytest.MonkeyPatch, inside: int) -> None:
    asked = resolving_to(monkeypatch, "10.255.255.1", "127.0.0.1")
    with pytest.raises(FetchRefused):
        fetch("http://rebind.test/")
    assert (len(asked), Inside.hits) == (1, 0)


def test_one_private_address_among_several_refuses_all(monkeypatch: pytest.MonkeyPatch, inside: int) -> None:
    resolving_to(monkeypatch, "93.184.216.34 127.0.0.1")
    with pytest.raises(FetchRefused):
        fetch("http://mixed.test/")
    assert Inside.hits == 0


def test_a_redirect_is_an_answer_and_is_not_followed(
    settings: Any, monkeypatch: pytest.MonkeyPatch, inside: int
) -> None:
    resolving_to(monkeypatch, "127.0.0.1")
    assert fetch(own(settings, inside) + "/elsewhere").status == 302
    assert Inside.hits == 1


def test_a_flood_is_cut_at_the_cap(settings: Any, monkeypatch: pytest.MonkeyPatch, inside: int) -> None:
    resolving_to(monkeypatch, "127.0.0.1")
    with pytest.raises(FetchRefused):
        fetch(own(settings, inside) + "/flood", most_bytes=100_000)


def test_a_dripping_server_is_left_in_time(settings: Any, monkeypatch: pytest.MonkeyPatch, inside: int) -> None:
    resolving_to(monkeypatch, "127.0.0.1")
    started = time.monotonic()
    with pytest.raises(FetchFailed):
        fetch(own(settings, inside) + "/drip", seconds=0.5)
    assert time.monotonic() - started < 20
