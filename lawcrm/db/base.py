"""The PostgreSQL engine of Django with the viewer carried into every server session."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from lawcrm import access

SET_VIEWER = (
    "select set_config('app.kind', %s, false), set_config('app.uid', %s, false),"
    " set_config('app.principals', %s, false), set_config('app.flags', %s, false)"
)


class PlannedOnce(str):
    """SQL that goes to the server apart from its values, so that it is planned once and not every time it is asked."""

    __slots__ = ()


class DatabaseWrapper(base.DatabaseWrapper):
    """Sets `app.*` before a statement whenever the viewer differs from what the session carries.

    A rollback, also to a savepoint, undoes `set_config`; the session's state is then unknown.
    """

    _carried: tuple[str, ...] | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.execute_wrappers.append(self._carry_first)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._carried = None
        connection = super().get_new_connection(conn_params)
        # Of what is `PlannedOnce`, a hundred of them: all other statements go with their values in them.
        connection.prepare_threshold = 0
        return connection

    def _rollback(self) -> Any:
        self._carried = None
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._carried = None

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = super().create_cursor(name=name)
        self._carry(wanted := access.session_state())
        if name is not None:
            self._keep_viewer(cursor, wanted)
        return cursor

    def _carry(self, wanted: tuple[str, ...]) -> None:
        """A failed transaction takes nothing but its rollback, which may come after the viewer has changed."""
        if wanted != self._carried and self.connection.info.transaction_status is not TransactionStatus.INERROR:
            with self.connection.cursor() as setter:
                setter.execute(SET_VIEWER, wanted)
            self._carried = wanted

    def _carry_first(self, execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001
        """A cursor may be older than the viewer."""
        self._carry(access.session_state())
        if isinstance(sql, PlannedOnce):
            context["cursor"].cursor = base.ServerBindingCursor(self.connection)  # type: ignore[call-arg]
        return execute(sql, params, many, context)

    def _keep_viewer(self, cursor: Any, wanted: tuple[str, ...]) -> None:
        """Rows read piece by piece are judged as they are read: for whoever asked, not for whoever came since."""
        read = cursor.fetchmany

        def fetchmany(size: int = 0) -> Any:
            self._carry(wanted)
            return read(size)

        cursor.fetchmany = fetchmany
