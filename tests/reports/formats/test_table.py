from pathlib import Path

import reports.formats
from reports.formats import table
from tests.reports.dossiers import dossier

_PICTURES = {
    "matrix_picture", "availability_calendar", "incident_timeline", "mtbf_picture", "latency_picture",
    "host_table", "utilisation_picture", "backup_timeline", "restore_table", "drill_timeline", "drill_history",
    "load_picture", "load_hosts_picture", "night_table",
}  # fmt: skip
_BEHIND_THEM = {
    "service_record", "standing_pictures", "reading_data", "limits", "drill_record", "drill_pictures", "scales",
}  # fmt: skip
_BESIDE = {"table", "terminal", "__init__"} | _PICTURES | _BEHIND_THEM


def test_every_format_is_in_the_table_and_in_the_readme() -> None:
    folder = Path(reports.formats.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - _BESIDE
    rendered = {row.render.__module__.rpartition(".")[2] for row in table.FORMATS.values()}

    assert rendered == files
    readme = (folder / "README.md").read_text(encoding="utf-8")
    for name, row in table.FORMATS.items():
        assert f"| `{name}` | `{row.file}` |" in readme


def test_files_are_apart_and_every_format_is_deterministic() -> None:
    files = table.render_all(dossier())

    assert len(files) == len(table.FORMATS)
    assert files == table.render_all(dossier())
