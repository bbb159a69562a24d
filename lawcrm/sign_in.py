"""Marks on views that do not want a fully signed-in person."""

from collections.abc import Callable


def open_to_anyone[F: Callable[..., object]](view: F) -> F:
    """No sign-in; each such view is on the list in tests/access."""
    view.open_to = "anyone"  # type: ignore[attr-defined]
    return view


def open_to_password[F: Callable[..., object]](view: F) -> F:
    """Signed in by password but without the second factor: only the second factor's own pages."""
    view.open_to = "password"  # type: ignore[attr-defined]
    return view
