"""The door for requests going out: public addresses only, looked up once, no redirects, bounded."""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

PORTS = {"http": 80, "https": 443}
SECONDS = 10.0
MOST_BYTES = 5_000_000
CHUNK = 65_536
NAT64 = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48")))
FORBIDDEN = frozenset("\\\t\r\n\0 ")

type IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchRefused(ValueError):
    """The address may not be asked, or its answer is too large."""


class FetchFailed(OSError):
    """The server could not be reached or did not answer in time."""


@dataclass(frozen=True)
class Fetched:
    status: int
    mime: str
    body: bytes


def fetch(  # noqa: PLR0913 - what a request is made of
    url: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
    most_bytes: int = MOST_BYTES,
) -> Fetched:
    """One request, no redirect followed. Raises FetchRefused or FetchFailed; neither repeats the URL."""
    until = time.monotonic() + seconds
    parts, port = _allowed(url)
    host = str(parts.hostname)
    connection = _Pinned(parts.scheme, host, port, _public_address(host, port))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with connection.closed_at(until):
            connection.request(method, target, body, {"User-Agent": "LawCRM", **(headers or {})})
            answer = connection.getresponse()
            return Fetched(answer.status, answer.headers.get_content_type(), _read(answer, most_bytes))
    except (OSError, ValueError, http.client.HTTPException) as error:
        if isinstance(error, FetchRefused):
            raise
        raise FetchFailed(_("The server could not be reached.")) from error
    finally:
        connection.close()


def _allowed(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise FetchRefused(_("This is not a web address.")) from error
    if FORBIDDEN & set(url) or parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        raise FetchRefused(_("This is not a web address."))
    if port != PORTS[parts.scheme] and f"{parts.hostname}:{port}" not in _own_servers():
        raise FetchRefused(_("Only the usual web ports are asked."))
    return parts, port


def _own_servers() -> frozenset[str]:
    """Servers ("host:port") inside the firm's own network that an administrator has named."""
    return frozenset(getattr(settings, "FETCH_OWN_SERVERS", ()))


def _public_address(host: str, port: int) -> str:
    """The address that will be asked, looked up this once; one private address among several refuses all."""
    try:
        found = socket.getaddrinfo(host.encode("idna").decode(), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(_("The server could not be found.")) from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    own = f"{host}:{port}" in _own_servers()
    if not addresses or not (own or all(is_public(ipaddress.ip_address(value)) for value in addresses)):
        raise FetchRefused(_("This address is inside a private network."))
    return addresses[0]


def is_public(address: IPAddress) -> bool:
    """Global by the IANA registries, also where an IPv6 address carries an IPv4 one (NAT64, 6to4, mapped, Teredo)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    carried = _carried(address)
    if carried is not None:
        return is_public(carried)
    return address.is_global and not address.is_multicast and address.teredo is None


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if any(address in network for network in NAT64) or int(address) >> 32 == 0:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked, while Host, SNI and certificate say the name."""

    def __init__(self, scheme: str, host: str, port: int, pinned: str) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.default_port = PORTS[scheme]
        self._secure, self._pinned = scheme == "https", pinned
        self._opened: socket.socket | None = None

    def connect(self) -> None:
        self._opened = self.sock = socket.create_connection((self._pinned, self.port), timeout=self.timeout)
        if self._secure:
            self._opened = self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    @contextmanager
    def closed_at(self, until: float) -> Iterator[None]:
        """Cut the line when the time is over: a server that drips byte by byte resets every read's own timeout."""
        self.timeout = until - time.monotonic()
        if self.timeout <= 0:
            raise TimeoutError
        clock = threading.Timer(self.timeout, self._cut)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()
        if time.monotonic() >= until:  # what was read up to the cut is not the whole
            raise TimeoutError

    def _cut(self) -> None:
        if self._opened is not None:
            with suppress(OSError):
                self._opened.shutdown(socket.SHUT_RDWR)


def _read(answer: http.client.HTTPResponse, most: int) -> bytes:
    body = bytearray()
    while chunk := answer.read1(CHUNK):
        body += chunk
        if len(body) > most:
            raise FetchRefused(_("The answer is too large."))
    return bytes(body)
