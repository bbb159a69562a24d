"""What every page shows around its content: navigation, commands, theme, and how forms are drawn."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
COUNT_SHOWN = 9

type Text = str | Promise
type Counter = Callable[[HttpRequest], int]

SECTIONS: dict[str, Text] = {"work": "", "firm": _("Firm"), "system": _("Administration")}


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the navigation or a command; `permission` hides it, sight is the page's own business."""

    section: str
    url_name: str
    label: Text
    icon: str
    permission: str | None = None
    counter: Counter | None = None
    order: int = 50
    phone: bool = False

    @property
    def url(self) -> str:
        """Where it leads, or "" while no app serves that name."""
        return url_or_empty(self.url_name)

    def open_to(self, request: HttpRequest) -> bool:
        user = getattr(request, "user", None)
        return self.permission is None or (user is not None and user.has_perm(self.permission))


class Registry:
    """Entries that apps add in `ready()`; adding a url name again replaces it."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str], Entry] = {}
        self._ordered: list[Entry] = []

    def _put(self, entry: Entry) -> None:
        self._entries[entry.section, entry.url_name] = entry
        self._ordered = sorted(self._entries.values(), key=lambda entry: entry.order)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._ordered)

    def open_to(self, request: HttpRequest) -> Iterator[Entry]:
        for entry in self:
            if entry.url and entry.open_to(request):
                yield entry


class Navigation(Registry):
    def add(  # noqa: PLR0913  (a registration reads best with its keywords)
        self,
        section: str,
        url_name: str,
        label: Text,
        icon: str,
        *,
        permission: str | None = None,
        counter: Counter | None = None,
        order: int = 50,
        phone: bool = False,
    ) -> None:
        """`counter` counts what waits for this person to act; `phone` puts it in the bottom bar (four fit)."""
        if section not in SECTIONS:
            raise KeyError(section)
        self._put(Entry(section, url_name, label, icon, permission, counter, order, phone))


class Commands(Registry):
    def add(  # noqa: PLR0913
        self,
        url_name: str,
        label: Text,
        icon: str,
        *,
        menu: str = "do",
        permission: str | None = None,
        order: int = 50,
    ) -> None:
        """`menu="new"` also lists it in the New menu; "user" in the menu of the person; "do" only in the palette."""
        self._put(Entry(menu, url_name, label, icon, permission, None, order))

    def of(self, menu: str, request: HttpRequest) -> list[Entry]:
        return [entry for entry in self if entry.section == menu and entry.url and entry.open_to(request)]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found by Ctrl-K."""

    url: str
    label: str
    icon: str
    second: str = ""


type Provider = Callable[[HttpRequest, str], list[Hit]]


class Search:
    """What Ctrl-K and the box at the top look through; apps add a provider in `ready()`."""

    def __init__(self) -> None:
        self._providers: dict[str, tuple[int, Text, Provider]] = {}

    def add(self, name: str, heading: Text, provider: Provider, *, order: int = 50) -> None:
        """`provider` answers a handful of hits the person may see; adding a name again replaces it."""
        self._providers[name] = (order, heading, provider)

    def groups(self, request: HttpRequest, text: str) -> list[dict[str, Any]]:
        ordered = sorted(self._providers.values(), key=lambda entry: entry[0]) if text else []
        return [{"heading": heading, "hits": provider(request, text)} for _order, heading, provider in ordered]


nav = Navigation()
commands = Commands()
search = Search()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one person sees it on one page."""

    url: str
    label: Text
    icon: str
    current: bool
    count: str
    section: str
    phone: bool


def url_or_empty(name: str) -> str:
    return _url(name, settings.ROOT_URLCONF)


@cache
def _url(name: str, urlconf: str) -> str:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def count_words(number: int) -> str:
    """Empty for nothing to do, capped so that a queue never widens the navigation."""
    if number <= 0:
        return ""
    return str(number) if number <= COUNT_SHOWN else f"{COUNT_SHOWN}+"


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


class Shell:
    """The frame of one page; everything is computed when the template asks, so partial answers pay nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def firm(self) -> str:
        from lawcrm.models import Firm

        return Firm.known_name()

    @property
    def theme(self) -> str:
        return theme_of(self._request)

    @cached_property
    def signed_in(self) -> bool:
        """Both factors given; between the two there is nothing to show yet."""
        user: Any = getattr(self._request, "user", None)
        return user is not None and user.is_authenticated and user.is_verified()

    @cached_property
    def person(self) -> str:
        user = getattr(self._request, "user", None)
        return str(getattr(user, "full_name", "") or "") if self.signed_in else ""

    @cached_property
    def links(self) -> list[Link]:
        entries = list(nav.open_to(self._request)) if self.signed_in else []
        here = self._current(entries)
        return [self._link(entry, current=entry.url == here) for entry in entries]

    @cached_property
    def sections(self) -> list[tuple[Text, tuple[Link, ...]]]:
        order = list(SECTIONS)
        links = sorted(self.links, key=lambda link: order.index(link.section))
        return [(SECTIONS[name], tuple(group)) for name, group in groupby(links, key=lambda link: link.section)]

    @cached_property
    def phone_links(self) -> list[Link]:
        return [link for link in self.links if link.phone][:4]

    @property
    def elsewhere(self) -> bool:
        """Whether the page belongs behind "More" on a phone."""
        return any(link.current and link not in self.phone_links for link in self.links)

    @cached_property
    def new(self) -> list[Entry]:
        return commands.of("new", self._request) if self.signed_in else []

    @cached_property
    def mine(self) -> list[Entry]:
        return commands.of("user", self._request) if self.signed_in else []

    @cached_property
    def actions(self) -> list[Entry]:
        return self.new + commands.of("do", self._request) + self.mine if self.signed_in else []

    @property
    def marker(self) -> str:
        """The same for one person in every session, and says nothing about who it is."""
        user: Any = getattr(self._request, "user", None)
        if not self.signed_in:
            return ""
        return salted_hmac("lawcrm.ui.marker", str(user.public_id), algorithm="sha256").hexdigest()[:32]

    @cached_property
    def session_seconds(self) -> int | None:
        """Seconds until the session lapses, for the warning before it does."""
        session = getattr(self._request, "session", None)
        return session.get_expiry_age() if self.signed_in and session is not None else None

    @property
    def asks_again(self) -> bool:
        """Whether the page's view wants the second factor again before it takes anything (lawcrm/sign_in.py)."""
        match = self._request.resolver_match
        return self.signed_in and bool(getattr(getattr(match, "func", None), "step_up", ""))

    @property
    def has_passkey(self) -> bool:
        """Asked on pages that ask again only."""
        from lawcrm.accounts import queries

        user: Any = self._request.user
        return bool(queries.passkeys_of(user))

    @property
    def passkey_site(self) -> dict[str, str]:
        from lawcrm.accounts import webauthn

        return webauthn.site()

    @property
    def alarm(self) -> str:
        """That the system does not do what people rely on, for everybody who is signed in."""
        from lawcrm import watchdog

        return watchdog.alarm() if self.signed_in else ""

    @cached_property
    def messages(self) -> list[Message]:
        return list(get_messages(self._request))

    def _current(self, entries: list[Entry]) -> str:
        """The longest address the page lies under; the front page only counts exactly."""
        path = self._request.path
        under = [
            entry.url for entry in entries if path == entry.url or (entry.url != "/" and path.startswith(entry.url))
        ]
        return max(under, key=len, default="")

    def _link(self, entry: Entry, *, current: bool) -> Link:
        count = count_words(entry.counter(self._request)) if entry.counter else ""
        return Link(entry.url, entry.label, entry.icon, current, count, entry.section, entry.phone)


def shell(request: HttpRequest) -> dict[str, object]:
    return {"ui": Shell(request), "request_id": getattr(request, "request_id", "")}


class FormRenderer(TemplatesSetting):
    """`{{ form }}` and `{{ field.as_field_group }}` through templates/ui; needs `django.forms` installed."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
    formset_template_name = "ui/formset.html"
