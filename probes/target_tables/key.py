"""What a key and a table of the target file are, and the names that several tables share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Type = Literal[
    "text", "path", "variable", "currency", "environment", "zone", "api_style", "api_place",
    "url", "plain_url", "ledger_url", "page", "pages", "hosts", "addresses", "listen",
    "flag", "number", "bound", "whole", "instant",
    "name", "pattern", "canaries", "interval", "percent", "check_kind", "depth", "incident_class", "mtbf_reading",
    "host_address", "host_roles", "ports", "names", "day",
    "backup_tool", "backup_place", "backup_kind", "medium_state", "data_kind", "data_kinds", "plan_order", "schedule",
    "words", "database_kind", "share", "night_steps", "time_of_day", "weekdays",
]  # fmt: skip
Shape = Literal["table", "array", "named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: its type, whether it must be there, its default, and its meaning in both languages."""

    type: Type
    en: str
    zh: str
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: ``table`` stands once, ``array`` as ``[[name]]``, ``named`` as ``[name.NAME]``.

    ``free`` is set where the keys are names of the catalogue, and gives their type.
    """

    shape: Shape
    keys: Mapping[str, Key]
    en: str
    zh: str
    names: tuple[str, ...] = ()
    free: Type | None = None


ENVIRONMENTS = ("production", "staging", "disposable")
ROLES = ("buyer_a", "buyer_b", "buyer_c", "seller_a", "seller_b", "operator")
INTERFACES = ("accounting", "stock", "sales-payment", "identity", "logistics", "e-bank", "crm", "analytics")
API_STYLES = ("openapi", "graphql", "document")
CHECK_KINDS = ("page", "journey", "payment")
DEPTHS = ("page", "cart", "checkout", "order", "payment")
CLASSES_BY_RULE = ("software", "hardware", "network")
MTBF_READINGS = ("record", "demonstrated")
HOST_ROLES = ("web", "app", "database", "firewall", "backup", "monitoring")
BACKUP_TOOLS = ("pgbackrest", "restic", "borg", "files", "command")
BACKUP_PLACES = ("local", "remote", "offline")
BACKUP_KINDS = ("full", "incremental", "differential", "image", "other")
MEDIUM_STATES = ("in-use", "full", "retired")
DATA_KINDS = ("pages", "customers", "trades", "management", "merchants")
PLAN_ORDERS = ("flow", "importance")
DATABASE_KINDS = ("postgresql", "mariadb", "mysql")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
