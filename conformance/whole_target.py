"""The target file with all that it names (trust anchor, passwords, adapter): every fault of them at once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.catalogue.load import Catalogue
from conformance.drilling.declared import drill_faults
from conformance.night.declared import night_faults
from conformance.stricter import faults_against
from probes.errors import NotSet, SettingsError
from probes.redaction import Redactor
from probes.shop.adapter_file import built_in, load
from probes.shop.credentials import Whereabouts, password_of, secret_at
from probes.target import Role, Target
from probes.target_check import Fault
from probes.target_file import read_target
from probes.transports.trust import trusting_context

_SOURCES = ("password_env", "password_file")


def whole_target(path: Path, catalogue: Catalogue) -> Target:
    """Return the target of a file, held against the catalogue, once all that it names can be used.

    Raises:
        SettingsError: with every fault of the file, of what it names, and at the end those inside the adapter's file.
    """
    elsewhere: list[str] = []

    def further(written: Mapping[str, Any]) -> Iterator[Fault]:
        folder = path.resolve().parent
        yield from faults_against(written, catalogue)
        yield from drill_faults(written, catalogue)
        yield from night_faults(written, folder)
        yield from _trust_anchor(written, folder)
        yield from _passwords(written, folder)
        yield from _api_key(written, folder)
        yield from _adapter(written, folder, elsewhere)

    with _joined(elsewhere):
        return read_target(path, further=further)


@contextmanager
def _joined(elsewhere: list[str]) -> Iterator[None]:
    """Add the faults of other files, which have their own places, to those of the target file."""
    try:
        yield
    except SettingsError as error:
        raise SettingsError(*error.faults, *elsewhere) from error
    if elsewhere:
        raise SettingsError(*elsewhere)


def _table(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = written.get(name)
    return table if isinstance(table, dict) else {}


def _text(table: Mapping[str, Any], key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) and value and "\0" not in value else None


def _trust_anchor(written: Mapping[str, Any], folder: Path) -> Iterator[Fault]:
    name = _text(_table(written, "tls"), "ca_file")
    try:
        trusting_context(folder / name if name else None)
    except SettingsError as error:
        yield from ((("tls", "ca_file"), fault.removeprefix("[tls] ca_file: ")) for fault in error.faults)


def _passwords(written: Mapping[str, Any], folder: Path) -> Iterator[Fault]:
    for name, role in _table(written, "roles").items():
        given = [key for key in _SOURCES if isinstance(role, dict) and _text(role, key)]
        if len(given) != 1:
            continue  # the check of the keys tells it
        (key,) = given
        variable, file = (_text(role, source) for source in _SOURCES)
        declared = Role(
            name=name,
            username=_text(role, "username") or name,
            password_env=variable,
            password_file=folder / file if file else None,
        )
        try:
            password_of(declared, Redactor())
        except NotSet as missing:
            yield ("roles", name, key), missing.detail.removeprefix(f"[roles.{name}]: ")


def _api_key(written: Mapping[str, Any], folder: Path) -> Iterator[Fault]:
    api = _table(written, "api")
    variable, file = _text(api, "key_env"), _text(api, "key_file")
    if variable is None and file is None:
        return  # the looks that need it tell so
    where = Whereabouts(table="api", key="key", env=variable, file=folder / file if file else None)
    try:
        secret_at(where, Redactor(), hint="with the API key")
    except NotSet as missing:
        yield ("api", "key_env" if variable else "key_file"), missing.detail.removeprefix("[api]: ")


def _adapter(written: Mapping[str, Any], folder: Path, elsewhere: list[str]) -> Iterator[Fault]:
    name = _text(_table(written, "platform"), "adapter")
    if name is None:
        return
    try:
        load(name, beside=folder)
    except SettingsError as error:
        if name in built_in() or (folder / name).is_file():
            elsewhere += error.faults
        else:
            yield from ((("platform", "adapter"), fault) for fault in error.faults)
