"""Loads the catalogue of a standard from its JSON files, or from the ``catalogue.json`` of a bundle; checks it whole.

A fault in the project's own files is a bug (:class:`BadCatalogueError`, exit 70); one in a bundle makes the bundle
unusable (:class:`probes.errors.EvidenceError`).
"""

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from conformance.catalogue.record import EXTRA_KEYS, faults_of, order_faults, record_of, requirement_of
from conformance.catalogue.selection import select
from probes.canonical import canonical_bytes, digest
from probes.errors import EvidenceError, SettingsError
from reports.verdict import Requirement, Text

SCHEMA = "duheng/catalogue/v1"
FOLDERS: Mapping[str, str] = {"SBT": "sbt_10469"}


class BadCatalogueError(ValueError):
    """The catalogue's own files are wrong; one line a fault: file, record, key, what."""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All requirements of one standard, in the standard's order.

    Without slots, so that canonical form and digest are made once, when asked for: they take longer than loading.
    """

    standard: str
    version: str
    title: Text
    requirements: tuple[Requirement, ...]
    by_id: Mapping[str, Requirement]

    @functools.cached_property
    def canonical(self) -> bytes:
        """The canonical JSON of :meth:`as_json`."""
        return canonical_bytes(self.as_json())

    @functools.cached_property
    def sha256(self) -> str:
        """Digest ``sha256:...`` of :attr:`canonical`; names this very catalogue."""
        return digest(self.canonical)

    def as_json(self) -> dict[str, Any]:
        """Return what stands in a bundle's ``catalogue.json``: all that judging needs, nothing of explaining."""
        return {
            "schema": SCHEMA,
            "standard": self.standard,
            "version": self.version,
            "title": {"zh": self.title.zh, "en": self.title.en},
            "requirements": [record_of(requirement) for requirement in self.requirements],
        }

    def select(self, clauses: str | None) -> tuple[Requirement, ...]:
        """Return the requirements that a ``--clauses`` list names, in order; None is all. See :mod:`.selection`.

        Raises:
            SettingsError: for a selector that names nothing, with near misses.
        """
        return self.requirements if clauses is None else select(self.requirements, clauses)


@functools.cache
def load_catalogue(standard: str = "SBT") -> Catalogue:
    """Return the catalogue of a standard (``SBT``); read and checked once a process.

    Raises:
        SettingsError: for a standard that is not here.
        BadCatalogueError: if the project's own files are wrong.
    """
    return load_folder(_folder(standard))


def load_folder(folder: Traversable) -> Catalogue:
    """Read ``document.json`` and the chapter files it names; checks every record.

    Raises:
        BadCatalogueError: with every fault, each with file and record.
    """
    document, records = _read(folder)
    return _catalogue(document, [record for _, record in records])


@functools.cache
def load_extras(standard: str = "SBT") -> Mapping[str, Mapping[str, Any]]:
    """Return by id the texts that only ``explain`` reads: evidence, examples, headings, confidence of the clause.

    Raises:
        SettingsError: for a standard that is not here.
        BadCatalogueError: if the project's own files are wrong.
    """
    _, records = _read(_folder(standard))
    return {record["id"]: {key: record[key] for key in EXTRA_KEYS if key in record} for _, record in records}


def from_json(value: Any) -> Catalogue:
    """Rebuild a catalogue from :meth:`Catalogue.as_json`, checking it as the files are checked.

    Raises:
        EvidenceError: if it is not such a catalogue.
    """
    faults = list(_document_faults(value, ("schema", "standard", "version", "title", "requirements")))
    if not faults and value["schema"] != SCHEMA:
        faults.append(f'schema: "{value["schema"]}" is not {SCHEMA}')
    if not faults and not isinstance(value["requirements"], list):
        faults.append("requirements: not a list")
    if not faults:
        faults = _record_faults([("catalogue.json", record) for record in value["requirements"]])
    if faults:
        raise EvidenceError("\n".join(faults))
    return _catalogue(value, value["requirements"])


def judged_records(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """Return the records that are items of an examination: every check, and every ``any`` group."""
    return tuple(item for item in requirements if item.node == "check" or item.aggregate == "any")


def _folder(standard: str) -> Traversable:
    if standard not in FOLDERS:
        raise SettingsError(f'--standard: no catalogue "{standard}"; there is {", ".join(FOLDERS)}')
    return resources.files("conformance.catalogue") / FOLDERS[standard]


def _catalogue(document: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> Catalogue:
    requirements = tuple(requirement_of(record) for record in records)
    return Catalogue(
        standard=document["standard"],
        version=document["version"],
        title=Text(zh=document["title"]["zh"], en=document["title"]["en"]),
        requirements=requirements,
        by_id=MappingProxyType({requirement.id: requirement for requirement in requirements}),
    )


def _read(folder: Traversable) -> tuple[Mapping[str, Any], list[tuple[str, Any]]]:
    document = _parse(folder / "document.json")
    if faults := list(_document_faults(document, ("standard", "version", "title", "chapters"))):
        raise BadCatalogueError("\n".join(f"document.json: {fault}" for fault in faults))
    records: list[tuple[str, Any]] = []
    for name in document["chapters"]:
        chapter = _parse(folder / name)
        if faults := list(_document_faults(chapter, ("chapter", "title", "records"))):
            raise BadCatalogueError("\n".join(f"{name}: {fault}" for fault in faults))
        place = {"document": document["standard"], "chapter": chapter["chapter"]}
        records += ((name, record | place if isinstance(record, dict) else record) for record in chapter["records"])
    if faults := _record_faults(records):
        raise BadCatalogueError("\n".join(faults))
    return document, records


def _parse(file: Traversable) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadCatalogueError(f"{file.name}: not there, though document.json names it") from None
    except json.JSONDecodeError as error:
        raise BadCatalogueError(f"{file.name}: line {error.lineno}: not JSON: {error.msg}") from None


def _document_faults(value: Any, names: Iterable[str]) -> Iterable[str]:
    if not isinstance(value, Mapping):
        yield "not an object"
        return
    for name in names:
        if name not in value:
            yield f"{name}: missing"
    title = value.get("title")
    if "title" in value and not (isinstance(title, Mapping) and {"zh", "en"} <= title.keys()):
        yield 'title: not an object with "zh" and "en"'
    for name in ("chapters", "records"):
        if name in value and name in names and not isinstance(value[name], list):
            yield f"{name}: not a list"


def _record_faults(records: Sequence[tuple[str, Any]]) -> list[str]:
    faults = [
        f"{place}: {_name(record, number)}: {fault}"
        for number, (place, record) in enumerate(records, start=1)
        for fault in faults_of(record)
    ]
    if not faults:
        faults = [
            f"{records[index][0]}: {records[index][1]['id']}: {fault}"
            for index, fault in order_faults([record for _, record in records])
        ]
    return faults


def _name(record: Any, number: int) -> str:
    own = record.get("id") if isinstance(record, Mapping) else None
    return own if isinstance(own, str) and own else f"record {number}"
