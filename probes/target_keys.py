"""Every key of the target file: its type, its default, and what it is for. ``duheng init`` writes this down.

The keys stand by topic in ``probes/target_tables/``; a new topic is a file there and a line here.
"""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables import backups, drills, host_needs, hosts, load, night, platform, run, trade, visitors, watch
from probes.target_tables.key import API_STYLES, ENVIRONMENTS, INTERFACES, ROLES, Key, Table, Type

__all__ = ["API_STYLES", "ENVIRONMENTS", "INTERFACES", "ROLES", "TABLES", "TOPICS", "Key", "Table", "Type"]

TOPICS: tuple[Mapping[str, Table], ...] = (
    platform.TABLES,
    trade.TABLES,
    visitors.TABLES,
    watch.TABLES,
    hosts.TABLES,
    host_needs.TABLES,
    backups.TABLES,
    load.TABLES,
    drills.TABLES,
    night.TABLES,
    run.TABLES,
)
"""The topics, in the order in which ``duheng init`` writes them down."""

TABLES: Mapping[str, Table] = MappingProxyType({name: table for topic in TOPICS for name, table in topic.items()})
