"""3.1.2.2 a mainstream database on the database hosts; 3.1.3.5 who accessed it can be traced."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.hosts import Declarations, Host, Tell, number, records, right, section_or_tell, unsure, wrong
from conformance.judges.words import bad, bound, good, untold
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict

MAINSTREAM = frozenset(
    {
        "postgresql", "mariadb", "mysql", "percona", "oracle", "sqlserver", "mssql", "db2", "sybase", "mongodb",
        "tidb", "oceanbase", "opengauss", "gaussdb", "dameng", "kingbase", "gbase", "polardb", "tdsql", "cockroachdb",
        "clickhouse", "informix",
    }
)  # fmt: skip
"""Products that count as mainstream; the clause names Oracle, Sybase and SQL Server as examples."""

OTHERS = frozenset({"sqlite", "h2", "derby", "hsqldb", "access", "dbase", "foxpro", "berkeleydb", "spreadsheet"})
_BESIDE = frozenset({"redis", "valkey", "memcached", "keydb", "elasticsearch"})
"""Caches and search: they stand beside a database, and are none."""

_LOGGED = ("log_connections", "log_statement", "server_audit_logging", "general_log", "audit_log_policy")
_OFF = frozenset({"off", "0", "none", "false", "", "ddl", "mod"})
"""A session that only reads is not logged by what logs definitions or changes."""


def mainstream(_: Requirement, host: Host, __: Declarations) -> Tell:
    """Judge the database servers that run on a database host."""
    section = section_or_tell(host, "databases")
    if isinstance(section, Tell):
        return section
    servers = [each for each in records(section.get("servers")) if each.get("kind") not in _BESIDE]
    kinds = [str(each.get("kind")) for each in servers]
    odd = [kind for kind in (*kinds, *(host.declared.get("databases") or ())) if kind in OTHERS]
    if odd:
        return wrong(
            f"keeps its data in {', '.join(odd)}, which is no mainstream database server",
            f"数据存放于 {'、'.join(odd)}，并非主流数据库服务器",
            shows=f"section databases, and [[hosts]] databases -> {', '.join(odd)}",
        )
    if not servers:
        return _none(host)
    unknown = [kind for kind in kinds if kind not in MAINSTREAM]
    if unknown:
        return unsure(
            f"runs a database that is not known here ({', '.join(unknown)}); somebody has to look",
            f"运行未知的数据库（{'、'.join(unknown)}），须人工核对",
            cause="attestation",
        )
    told = [f"{each['kind']} {each.get('version') or ''}".rstrip() for each in servers]
    return right(f"runs {', '.join(told)}", f"运行 {'、'.join(told)}")


def _none(host: Host) -> Tell:
    if "database" in host.roles or host.declared.get("databases"):
        return wrong(
            "is a database host, and no database server runs on it",
            "为数据库主机，但没有数据库服务器进程",
            shows="section databases -> servers []",
        )
    return unsure(
        'runs no database server; give the host that does roles = ["database"]',
        '没有数据库服务器；请为数据库所在主机填写 roles = ["database"]',
        cause="settings",
    )


def session_traced(requirement: Requirement, seen: Observation, _: Mapping[str, Any]) -> Verdict:
    """Judge ``db.marked_session`` for 3.1.3.5: our session stands in the audit log with account, source and time."""
    data = seen.data
    repeat = [f"{data.get('host')}: session of {data.get('account')} in {data.get('name')} -> {data.get('log')}"]
    if data.get("found") is not True or not data.get("lines"):
        return _nowhere(seen, repeat)
    lacks = [
        pair
        for pair, there in (
            (("account", "账户"), data.get("account_found") is True),
            (("source", "来源"), data.get("source_found") is True),
            (("time", "时间"), number(data.get("written_ms")) is not None),
        )
        if not there
    ]
    if lacks:
        return bad(
            seen,
            f"The audit log of {data.get('name')} holds a session without its {', '.join(en for en, _ in lacks)}.",
            f"{data.get('name')} 的审计日志记有该会话，但未载明{'、'.join(zh for _, zh in lacks)}。",
            repeat=repeat,
        )
    limit = bound(requirement, "time_error")
    apart = abs(float(data["written_ms"]) - float(data["session"]["at_ms"])) / 1000
    measured = Measured(metric=limit.metric, value=round(apart, 1), unit=limit.unit)
    if apart > limit.value:
        return bad(
            seen,
            f"The audit log of {data.get('name')} dates a session {apart:.0f} s away from when it was opened.",
            f"{data.get('name')} 的审计日志所载会话时间与实际相差{apart:.0f}秒。",
            repeat=repeat,
            measured=measured,
            threshold=limit,
        )
    opened = number(data.get("opened_ms"))
    if opened is not None and (off_s := abs(float(data["written_ms"]) - opened) / 1000) > limit.value:
        return untold(
            seen,
            f"The audit log of {data.get('name')} dates a session {off_s:.0f} s away from our own clock, as its server "
            "does: one of the two clocks is wrong.",
            f"{data.get('name')} 的审计日志及其服务器的时间与本机时钟相差{off_s:.0f}秒：两者之一有误。",
        )
    return good(
        seen,
        f"A session with {data.get('name')} stands in its audit log with account, source and time.",
        f"{data.get('name')} 的审计日志载有该会话的账户、来源和时间。",
        measured=measured,
        threshold=limit,
    )


def _nowhere(seen: Observation, repeat: list[str]) -> Verdict:
    data = seen.data
    settings = data.get("settings") or {}
    logged = {name: str(settings[name]).lower() for name in _LOGGED if name in settings}
    if logged and all(value in _OFF for value in logged.values()) and "pgaudit" not in str(settings):
        names = ", ".join(logged)
        return bad(
            seen,
            f"Sessions with {data.get('name')} are not logged ({names}: off), and ours is in no log.",
            f"{data.get('name')} 未开启会话审计（{names} 为关闭），日志中没有本次会话。",
            repeat=[*repeat, *(f"{data.get('name')}: {name} -> {value}" for name, value in logged.items())],
        )
    return untold(
        seen,
        f"The session with {data.get('name')} is not in {data.get('log')}, though the server may log it elsewhere; "
        "declare the log that it writes.",
        f"{data.get('log')} 中没有 {data.get('name')} 的本次会话，但服务器可能写入其他日志；请声明实际的日志位置。",
        cause="settings",
    )
