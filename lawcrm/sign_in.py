"""Marks on views: who may ask without being fully signed in, and what does not count as use."""

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
