"""Where a request comes from: the network, the device as a person would name it, and whether it is known."""

import re
import secrets
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from lawcrm.accounts.models import User

DEVICE_COOKIE = "device"
SALT = "lawcrm.accounts.known-device"
KNOWN_FOR = 90 * 24 * 3600

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def network_of(request: HttpRequest) -> str:
    """The network an attacker gets for free: one IPv4 address, or a /64 of IPv6."""
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return "unknown"
    return str(ip_network((address, 32 if address.version == 4 else 64), strict=False))  # noqa: PLR2004


def device_of(request: HttpRequest) -> str:
    """Browser and system in two words; versions and the rest of the agent string are not kept."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}/", agent)), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (browser, system)))


def known_device(request: HttpRequest, email: str) -> str:
    """The id of a device this address has fully signed in from, or ""."""
    try:
        device, whose = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=SALT, max_age=KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(device) if whose == _mark(email) else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    device = known_device(request, user.email) or secrets.token_urlsafe(16)
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps([device, _mark(user.email)], salt=SALT),
        max_age=KNOWN_FOR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _mark(email: str) -> str:
    return salted_hmac(SALT, email.strip().lower(), algorithm="sha256").hexdigest()[:32]
