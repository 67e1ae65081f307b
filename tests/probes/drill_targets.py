"""Target files that declare drills, read as `duheng drill` reads them."""

from pathlib import Path

from conformance.catalogue.load import load_catalogue
from conformance.drilling.declared import drill_faults
from probes.target import Target
from probes.target_file import target_of

PLATFORM = """
[platform]
id = "shop"
name = "Shop"
base_url = "https://shop.example"
environment = "staging"
authorised = true
adapter = "oscar"
"""


def read(text: str, folder: Path = Path("/srv")) -> Target:
    """Return the target of such a text, which need not lie in its folder."""
    catalogue = load_catalogue("SBT")
    return target_of(text, folder / "duheng.toml", further=lambda written: drill_faults(written, catalogue))
