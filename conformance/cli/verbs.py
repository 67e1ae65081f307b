"""The one table of verbs: name to module and the line that ``duheng --help`` shows.

A verb is loaded when it is used.
"""

from collections.abc import Mapping
from types import MappingProxyType

VERBS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "demo": ("conformance.cli.demo", "start a real shop, examine it, verify and replay the report, stop the shop"),
        "examine": ("conformance.cli.examine", "examine a platform and leave a signed report"),
        "explain": (
            "conformance.cli.explain",
            "print a clause, by number or id: its reading, what is observed, what the target file needs",
        ),
        "init": ("conformance.cli.init", "write a target file to start from, every key documented"),
        "doctor": ("conformance.cli.doctor", "say what is missing here, and which clauses stay undetermined for it"),
        "watch": ("conformance.cli.watch", "watch a platform for as long as it runs, and keep when it was up and down"),
        "load": (
            "conformance.cli.load",
            "put a declared load on a platform: shoppers as planned, trade read back, the record kept",
        ),
        "drill": (
            "conformance.cli.drill",
            "bring one thing down on purpose, watch the platform recover, leave no wound",
        ),
        "night": (
            "conformance.cli.night",
            "run what the schedule names, one step after the other, and leave one report",
        ),
        "key": ("conformance.cli.key", "make or show this machine's signing key"),
        "verify": ("conformance.cli.verify", "check a report: signature, completeness, thresholds, time, freshness"),
        "replay": ("conformance.cli.replay", "judge a bundle again, offline, and compare every verdict"),
        "incident": ("conformance.cli.incident", "list the outages on record, or say of which class one is"),
        "import": ("conformance.cli.import_", "bring an existing history into the ledger, from Prometheus or CSV"),
        "serve": ("conformance.cli.serve", "tell Prometheus what the ledger holds: clauses, availability, MTBF"),
    }
)
