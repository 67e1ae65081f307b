"""Where a PostgreSQL ledger is: the URL without secrets, and what libpq is told beside it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from probes.errors import SettingsError

_ALLOWED: Final = frozenset(
    {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "target_session_attrs"}
)
# A server that is gone without a word is noticed within seconds: a watch that waits does not watch.
_PATIENCE: Final = {
    "connect_timeout": "5",
    "tcp_user_timeout": "10000",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "application_name": "duheng",
    "client_encoding": "UTF8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """``url`` goes to libpq with ``options``; ``name`` is what a person is told: host and database, no query."""

    url: str
    name: str
    options: dict[str, str]


def place_of(url: str) -> Place:
    """Return where ``postgresql://[USER@]HOST[:PORT]/DATABASE[?sslmode=...]`` leads.

    Raises:
        SettingsError: it holds a password, names no database, or gives an option that is not for a ledger's URL.
    """
    fault = "[ledger] url: "
    try:
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        port = parts.port
    except ValueError as error:
        raise SettingsError(f"{fault}it is no postgresql:// URL; write postgresql://user@host/database") from error
    if parts.password is not None or any("pass" in key for key in asked):
        raise SettingsError(
            f"{fault}it must not hold a password: it is kept with the evidence; "
            "give the password in a PGPASSFILE, or in PGPASSWORD of the environment"
        )
    if strange := sorted(set(asked) - _ALLOWED):
        raise SettingsError(f"{fault}{strange[0][:40]!r} is not for it; allowed are {', '.join(sorted(_ALLOWED))}")
    database = parts.path.removeprefix("/")
    if not url.startswith("postgresql://") or not database or "/" in database or parts.fragment or port == 0:
        raise SettingsError(f"{fault}it names no database; write postgresql://user@host/database")
    where = f"{parts.hostname or asked.get('host', 'localhost')}{f':{port}' if port else ''}"
    options = {key: value for key, value in _PATIENCE.items() if key not in asked}
    return Place(url=url, name=f"postgresql://{where}/{database}", options=options)
