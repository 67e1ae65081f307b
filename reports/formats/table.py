"""The one table of formats: name to file and pure render function. Adding one is a file, a row and a test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reports.dossier import Dossier
from reports.formats import bundle, findings_csv, junit, report_html, report_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file of the output folder; ``render`` is pure: dossier in, bytes out."""

    file: str
    render: Callable[[Dossier], bytes]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "json": Format(file="report.json", render=report_json.render),
        "html": Format(file="report.html", render=report_html.render),
        "junit": Format(file="junit.xml", render=junit.render),
        "csv": Format(file="findings.csv", render=findings_csv.render),
        "bundle": Format(file="bundle.zip", render=bundle.render),
    }
)


def render_all(dossier: Dossier) -> Mapping[str, bytes]:
    """Return every file of the output folder, by name; what is signed is exactly this."""
    return {row.file: row.render(dossier) for row in FORMATS.values()}
