"""What a value of the target file must be, by the type of its key. Pure; a value is never repeated in a message."""

import ipaddress
import math
import re
import zoneinfo
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeGuard
from urllib.parse import SplitResult, urlsplit

from probes.target_keys import API_STYLES, ENVIRONMENTS, Type
from probes.target_tables.key import (
    BACKUP_KINDS,
    BACKUP_PLACES,
    BACKUP_TOOLS,
    CHECK_KINDS,
    CLASSES_BY_RULE,
    DATA_KINDS,
    DATABASE_KINDS,
    DEPTHS,
    HOST_ROLES,
    MEDIUM_STATES,
    MTBF_READINGS,
    PLAN_ORDERS,
    WEEKDAYS,
)

MOST = 1_000_000_000
"""No whole number of the target file needs to be greater; JSON keeps integers exact up to 2**53."""

_LAST_PORT = 65535
_NO_USERINFO = "must not hold a user name or password; declare the account in [roles.NAME] with password_env"
_NOT_IN_A_URL = (
    "must not hold a password: it is kept with the evidence; "
    "give it in a PGPASSFILE, or in PGPASSWORD of the environment"
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SPACES = re.compile(r"\s")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_SCHEDULE = re.compile(r"[\w@.:-]+\.timer|@[a-z]+|[\d*/,-]+( +[\w*/,?#-]+){4}")
_NIGHT_STEP = re.compile(r"load:[^:\s][^:]*|drill:[^:\s]+|restore|examine|examine:[^:\s]+")
_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_WHOLE_PERCENT = 100

What = str | None
"""What is wrong with a value and what to do; None where it is right."""


def fault_of(kind: Type, value: Any) -> What:
    """Return what is wrong with a value of that type and what to do, or None. Never repeats the value."""
    return _CHECKS[kind](value)


def is_instant(value: Any) -> TypeGuard[datetime]:
    """Tell whether a value is an instant with its UTC offset."""
    return isinstance(value, datetime) and value.tzinfo is not None


def split(url: str) -> SplitResult | None:
    """Return the parts of an http or https URL that can be asked for; None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0 and not _SPACES.search(url)
    return parts if fits else None


def _url(value: Any, *, schemes: tuple[str, ...] = ("https", "http"), whole: bool = False) -> What:
    if not isinstance(value, str):
        return "must be a URL in quotes"
    if "@" in value.partition("//")[2].partition("/")[0]:
        return _NO_USERINFO
    parts = split(value)
    if parts is None or parts.scheme not in schemes:
        return f"is not such a URL; write it as {schemes[0]}://shop.example"
    if not whole and (parts.query or parts.fragment):
        return f"must end before '?' and '#'; write it as {schemes[0]}://shop.example"
    return None


def _plain_url(value: Any) -> What:
    return _url(value, schemes=("http",))


def _ledger_url(value: Any) -> What:
    if fault := _text(value):
        return fault
    rest = value.partition("//")[2]
    if value.startswith("postgresql:"):
        secret = ":" in rest.rpartition("@")[0] or "pass" in rest.partition("?")[2]
        return _NOT_IN_A_URL if secret else None
    if "@" in rest.partition("/")[0]:
        return "must not hold a user name or password: it is kept with the evidence"
    return None if ":" in value else "must be a URL, such as sqlite:///duheng.db"


def _page(value: Any) -> What:
    if isinstance(value, str) and value.startswith("/") and not _SPACES.search(value):
        return None
    fault = _url(value, whole=True)
    return fault if fault in {None, _NO_USERINFO} else "must be a path such as /licences/, or a URL"


def _host(value: str) -> bool:
    try:
        parts = urlsplit("//" + value)
        port = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and parts.netloc == value and not re.search(r"[@\s]", value) and port != 0


def _address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _list(fits: Callable[[str], bool], wanted: str) -> Callable[[Any], What]:
    def fault(value: Any) -> What:
        right = isinstance(value, list) and all(isinstance(item, str) and fits(item) for item in value)
        return None if right else f"must be a list of {wanted}"

    return fault


def _listen(value: Any) -> What:
    host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    right = _address(host.strip("[]")) and port.isdecimal() and int(port) <= _LAST_PORT
    return None if right else "must be IP:PORT, such as 127.0.0.1:2525"


def _text(value: Any) -> What:
    if not isinstance(value, str):
        return "must be a text in quotes"
    return None if value.strip() else "must not be empty"


def _variable(value: Any) -> What:
    right = isinstance(value, str) and _VARIABLE.fullmatch(value)
    return None if right else "must be the name of an environment variable, such as DUHENG_OPERATOR_PASSWORD"


def _currency(value: Any) -> What:
    right = isinstance(value, str) and _CURRENCY.fullmatch(value)
    return None if right else 'must be a currency of ISO 4217, such as "CNY"'


def _environment(value: Any) -> What:
    right = isinstance(value, str) and value in ENVIRONMENTS
    return None if right else f"must be one of {', '.join(ENVIRONMENTS)}"


def _api_place(value: Any) -> What:
    if isinstance(value, str) and "://" in value:
        fault = _url(value, whole=True)
        return fault if fault in {None, _NO_USERINFO} else "must be a URL such as https://shop.example/openapi.json"
    return _text(value)


def _api_style(value: Any) -> What:
    right = isinstance(value, str) and value in API_STYLES
    return None if right else f"must be one of {', '.join(API_STYLES)}"


def _zone(value: Any) -> What:
    try:
        zoneinfo.ZoneInfo(value)
    except (ValueError, TypeError, AttributeError, OSError, KeyError):
        return "is no time zone; use a name such as Asia/Shanghai"
    return None


def _flag(value: Any) -> What:
    return None if isinstance(value, bool) else "must be true or false"


def _bound(value: Any) -> What:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if number and abs(value) <= MOST and math.isfinite(value) else "must be a number"


def _number(value: Any) -> What:
    return _bound(value) or (None if value > 0 else "must be greater than 0")


def _whole(value: Any) -> What:
    if not isinstance(value, int) or isinstance(value, bool):
        return "must be a whole number"
    return None if 0 < value <= MOST else f"must be from 1 to {MOST}"


def _interval(value: Any) -> What:
    return _bound(value) or (None if value >= 1 else "must be at least 1")


def _percent(value: Any) -> What:
    return _bound(value) or (None if 0 < value < _WHOLE_PERCENT else "must be above 0 and below 100")


def _share(value: Any) -> What:
    return _bound(value) or (None if 0 < value < 1 else "must be above 0 and below 1, such as 0.05")


def _name(value: Any) -> What:
    right = isinstance(value, str) and _NAME.fullmatch(value)
    return None if right else "must be a name of lower-case letters, digits, '-', '_' and '.', such as buying"


def _pattern(value: Any) -> What:
    if fault := _text(value):
        return fault
    try:
        re.compile(value)
    except re.error as error:
        return f"is no regular expression: {error.msg} at position {error.pos}"
    return None


def _canary(value: str) -> bool:
    if "://" in value:
        return _url(value, whole=True) is None
    return _host(value) and urlsplit("//" + value).port is not None


def _one_of(names: tuple[str, ...]) -> Callable[[Any], What]:
    def fault(value: Any) -> What:
        return None if isinstance(value, str) and value in names else f"must be one of {', '.join(names)}"

    return fault


def _host_address(value: Any) -> What:
    right = isinstance(value, str) and _host(value)
    return None if right else 'must be a host, such as 192.0.2.10 or web1.shop.example:2222, or "local"'


def _ports(value: Any) -> What:
    right = isinstance(value, list) and all(
        isinstance(item, int) and not isinstance(item, bool) and 0 < item <= _LAST_PORT for item in value
    )
    return None if right else "must be a list of port numbers, such as [80, 443]"


def _day(value: Any) -> What:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return 'must be a day in quotes, such as "2024-05-01"'
    return None


def _words(value: Any) -> What:
    right = isinstance(value, list) and value and all(isinstance(word, str) and "\0" not in word for word in value)
    return None if right and value[0].strip() else 'must be a program and its arguments, such as ["backup", "list"]'


def _night_steps(value: Any) -> What:
    if isinstance(value, list) and value:
        wrong = [
            number
            for number, step in enumerate(value, start=1)
            if not isinstance(step, str) or not _NIGHT_STEP.fullmatch(step)
        ]
        where = f"number {wrong[0]} is no step; " if wrong else ""
        return f"{where}known are load:PROFILE, drill:NAME, restore, examine and examine:CLAUSES" if wrong else None
    return 'must be a list of steps, such as ["load:nightly", "drill:shop-crash", "restore", "examine"]'


def _time_of_day(value: Any) -> What:
    right = isinstance(value, str) and _TIME_OF_DAY.fullmatch(value)
    return None if right else 'must be a time of day in quotes, such as "02:30"'


def _weekdays(value: Any) -> What:
    right = isinstance(value, list) and value and all(isinstance(day, str) and day in WEEKDAYS for day in value)
    return None if right else f"must be a list of these days: {', '.join(WEEKDAYS)}"


def _schedule(value: Any) -> What:
    right = isinstance(value, str) and _SCHEDULE.fullmatch(value.strip())
    return None if right else 'must be a cron line, such as "0 */2 * * *", or a timer, such as "backup.timer"'


def _instant(value: Any) -> What:
    if is_instant(value):
        return None
    return "must be an instant with its UTC offset, such as 2026-12-31T18:00:00+08:00 (without quotes)"


_CHECKS: Mapping[Type, Callable[[Any], What]] = MappingProxyType(
    {
        "text": _text,
        "path": _text,
        "variable": _variable,
        "currency": _currency,
        "environment": _environment,
        "zone": _zone,
        "api_style": _api_style,
        "api_place": _api_place,
        "url": _url,
        "plain_url": _plain_url,
        "ledger_url": _ledger_url,
        "page": _page,
        "pages": _list(lambda item: _page(item) is None, 'pages, such as ["/tea/", "https://shop.example/tea/"]'),
        "hosts": _list(_host, 'hosts, such as ["pay.shop.example", "127.0.0.1:8443"]'),
        "addresses": _list(_address, 'IP addresses, such as ["192.0.2.10"]'),
        "listen": _listen,
        "flag": _flag,
        "number": _number,
        "bound": _bound,
        "whole": _whole,
        "instant": _instant,
        "name": _name,
        "pattern": _pattern,
        "canaries": _list(_canary, 'HOST:PORT or URLs, such as ["192.0.2.53:53", "https://www.example.org"]'),
        "interval": _interval,
        "percent": _percent,
        "check_kind": _one_of(CHECK_KINDS),
        "depth": _one_of(DEPTHS),
        "incident_class": _one_of(CLASSES_BY_RULE),
        "mtbf_reading": _one_of(MTBF_READINGS),
        "host_address": _host_address,
        "host_roles": _list(HOST_ROLES.__contains__, f"these roles: {', '.join(HOST_ROLES)}"),
        "ports": _ports,
        "names": _list(lambda item: _name(item) is None, 'names, such as ["postgresql"]'),
        "day": _day,
        "backup_tool": _one_of(BACKUP_TOOLS),
        "backup_place": _one_of(BACKUP_PLACES),
        "backup_kind": _one_of(BACKUP_KINDS),
        "medium_state": _one_of(MEDIUM_STATES),
        "database_kind": _one_of(DATABASE_KINDS),
        "data_kind": _one_of(DATA_KINDS),
        "data_kinds": _list(DATA_KINDS.__contains__, f"these kinds of data: {', '.join(DATA_KINDS)}"),
        "plan_order": _one_of(PLAN_ORDERS),
        "schedule": _schedule,
        "words": _words,
        "share": _share,
        "night_steps": _night_steps,
        "time_of_day": _time_of_day,
        "weekdays": _weekdays,
    }
)
