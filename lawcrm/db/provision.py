"""Roles, databases, extensions and leakproof marks: what only a superuser can prepare, safe to repeat."""

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

# btree under row-level security is used only with leakproof operators (docs/architecture.md);
# these compare array elements, text or trigrams and say nothing about their arguments in errors.
LEAKPROOF = (
    "arrayoverlap(anyarray,anyarray)",
    "arraycontains(anyarray,anyarray)",
    "textlike(text,text)",
    "texticlike(text,text)",
    "upper(text)",
    "similarity_op(text,text)",
    "word_similarity_op(text,text)",
    "word_similarity_commutator_op(text,text)",
    "strict_word_similarity_op(text,text)",
    "strict_word_similarity_commutator_op(text,text)",
)
EXTENSIONS = ("pg_trgm", "fuzzystrmatch")
REDACTOR = "lawcrm_redactor"
# Roles belong to the whole server: two who alter one at once get an error instead of a turn.
ONE_AT_A_TIME = "select pg_advisory_lock(4713)"


def prepare(superuser_url: str, owner_url: str, app_url: str) -> None:
    """Make both roles, the database and what inside it needs a superuser."""
    owner, app = conninfo_to_dict(owner_url), conninfo_to_dict(app_url)
    database = str(owner["dbname"])
    with psycopg.connect(superuser_url, autocommit=True) as server:
        server.execute(ONE_AT_A_TIME)
        _ensure_role(server, str(owner["user"]), owner.get("password"))
        _ensure_role(server, str(app["user"]), app.get("password"))
        _ensure_redactor(server, str(owner["user"]))
        _ensure_database(server, database, str(owner["user"]))
        with psycopg.connect(superuser_url, dbname=database, autocommit=True) as inside:
            _prepare_inside(inside, str(owner["user"]), str(app["user"]))


def _ensure_role(server: "psycopg.Connection[object]", role: str, password: object) -> None:
    name = sql.Identifier(role)
    if server.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is None:
        server.execute(sql.SQL("create role {} login nosuperuser nocreatedb nocreaterole nobypassrls").format(name))
    if password:
        server.execute(sql.SQL("alter role {} password {}").format(name, sql.Literal(str(password))))


def _ensure_redactor(server: "psycopg.Connection[object]", owner: str) -> None:
    """Nobody signs in as the redactor: the functions that chain and redact the past run as it and see all of it."""
    if server.execute("select 1 from pg_roles where rolname = %s", [REDACTOR]).fetchone() is None:
        server.execute(sql.SQL("create role {} nologin").format(sql.Identifier(REDACTOR)))
    server.execute(sql.SQL("alter role {} bypassrls").format(sql.Identifier(REDACTOR)))
    server.execute(sql.SQL("grant {} to {}").format(sql.Identifier(REDACTOR), sql.Identifier(owner)))


def _ensure_database(server: "psycopg.Connection[object]", database: str, owner: str) -> None:
    if server.execute("select 1 from pg_database where datname = %s", [database]).fetchone() is None:
        server.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(database), sql.Identifier(owner)))


def _prepare_inside(inside: "psycopg.Connection[object]", owner: str, app: str) -> None:
    for extension in EXTENSIONS:
        inside.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))
    for function in LEAKPROOF:
        inside.execute(sql.SQL("alter function {} leakproof").format(sql.SQL(function)))
    inside.execute(sql.SQL("grant usage, create on schema public to {}").format(sql.Identifier(REDACTOR)))
    inside.execute(sql.SQL("grant usage on schema public to {}").format(sql.Identifier(app)))
    for objects, rights in (("tables", "select, insert, update, delete"), ("sequences", "usage, select")):
        inside.execute(
            sql.SQL("alter default privileges for role {} in schema public grant {} on {} to {}").format(
                sql.Identifier(owner), sql.SQL(rights), sql.SQL(objects), sql.Identifier(app)
            )
        )
