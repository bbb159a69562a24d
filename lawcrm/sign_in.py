"""Marks on views: who may ask without being fully signed in, who must say again who they are, what is no use."""

from collections.abc import Callable


def open_to_anyone[F: Callable[..., object]](view: F) -> F:
    """No sign-in; each such view is on the list in tests/access."""
    view.open_to = "anyone"  # type: ignore[attr-defined]
    return view


def open_to_password[F: Callable[..., object]](view: F) -> F:
    """Signed in by password but without the second factor: only the second factor's own pages."""
    view.open_to = "password"  # type: ignore[attr-defined]
    return view


def leaves_session[F: Callable[..., object]](view: F) -> F:
    """Asking this does not count as use: the session ends as if it had not been asked."""
    view.leaves_session = True  # type: ignore[attr-defined]
    return view


def needs_step_up[F: Callable[..., object]](view: F) -> F:
    """The second factor was given in this session a short while ago (settings.STEP_UP_AGE), or it is asked for first.

    Nothing typed is lost by it: the page that asks carries what was sent and sends it on.
    """
    view.step_up = "always"  # type: ignore[attr-defined]
    return view


def needs_step_up_to_send[F: Callable[..., object]](view: F) -> F:
    """The same for a view that may be looked at without it, but not sent."""
    view.step_up = "sending"  # type: ignore[attr-defined]
    return view
