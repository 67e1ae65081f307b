"""The target file that ``duheng init`` writes: every key of the table, documented. Pure."""

from collections.abc import Iterator
from typing import Literal

from probes.target_keys import TABLES, Key, Table
from reports.verdict import Text

_EXAMPLES = {
    "platform.id": '"shop-staging"',
    "platform.name": '"Shop, staging"',
    "platform.base_url": '"https://shop.example"',
    "platform.plain_url": '"http://shop.example"',
    "platform.environment": '"staging"',
    "platform.adapter": '"oscar"',
    "platform.hosts": '["pay.shop.example", "static.shop.example:8443"]',
    "platform.currency": '"CNY"',
    "ledger.url": '"sqlite:///duheng.db"',
    "tls.ca_file": '"ca.pem"',
    "endpoints.url": '"https://pay.shop.example"',
    "endpoints.addresses": '["192.0.2.10", "192.0.2.11"]',
    "roles.username": '"operator@shop.example"',
    "roles.password_env": '"DUHENG_OPERATOR_PASSWORD"',
    "roles.password_file": '"secrets/operator"',
    "shop.search_term": '"tea"',
    "shop.product_urls": '["/tea/1/"]',
    "shop.qualification_page": '"/licences/"',
    "shop.max_orders": "2",
    "guest_links.pattern": '"^/orders/guest/([^/]+)/$"',
    "guest_links.reason": '"guests order without an account"',
    "guest_links.lifetime_h": "72",
    "guest_links.expired": '"/orders/guest/Zq3v9KfT-xW7bLr0nYc5pH/"',
    "api.description": '"/api/openapi.json"',
    "api.style": '"openapi"',
    "api.header": '"X-Api-Key"',
    "api.scheme": '"Bearer"',
    "api.key_env": '"DUHENG_API_KEY"',
    "api.key_file": '"secrets/api-key"',
    "interfaces.read": '"GET /stock/{sku}"',
    "interfaces.act": '"postReceipt"',
    "audit.log": '"/operator/audit.jsonl"',
    "audit.public_key": '"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="',
    "browser.watched": '["statistics.example"]',
    "browser.accept": '"#accept-cookies"',
    "browser.executable": '"chromium-headless-shell"',
    "processors.origin": '"https://statistics.example"',
    "processors.purpose": '"counting visits"',
    "payment.hosts": '["sandbox.pay.example"]',
    "payment.refund_time_days": "3",
    "payment.key_env": '"DUHENG_PAYMENT_KEY"',
    "payment.key_file": '"secrets/payment-key"',
    "mailbox.listen": '"127.0.0.1:2525"',
    "watch.vantage": '"shanghai-1"',
    "watch.service": '"buying"',
    "watch.canaries": '["192.0.2.53:53", "https://www.example.org"]',
    "watch.product": '"/tea/1/"',
    "checks.name": '"buying"',
    "checks.kind": '"journey"',
    "checks.url": '"/tea/1/"',
    "checks.shows": '"tea|茶"',
    "checks.depth": '"checkout"',
    "maintenance.starts": "2027-02-01T02:00:00+08:00",
    "maintenance.ends": "2027-02-01T04:00:00+08:00",
    "maintenance.reason": '"database upgrade"',
    "incident_rules.match": '"answered 50[0-9]"',
    "incident_rules.class": '"software"',
    "availability.target_percent": "99.9",
    "availability.payment_target_percent": "99.9",
    "hosts.name": '"web1"',
    "hosts.address": '"192.0.2.10"',
    "hosts.user": '"duheng"',
    "hosts.key_file": '"secrets/duheng_ed25519"',
    "hosts.known_hosts": '"known_hosts"',
    "hosts.jump": '"gate"',
    "hosts.site": '"Shanghai A"',
    "hosts.roles": '["web"]',
    "hosts.open_ports": "[80, 443]",
    "hosts.management_ports": "[22]",
    "hosts.outside": '["203.0.113.10"]',
    "hosts.in_service_since": '"2024-05-01"',
    "hosts.design_life_years": "6",
    "hosts.services": '["nginx", "postgresql"]',
    "hosts.databases": '["postgresql"]',
    "utilisation.cpu_percent": "60",
    "utilisation.memory_percent": "80",
    "utilisation.disk_percent": "70",
    "utilisation.network_mbit_s": "500",
    "utilisation.peak_cpu_percent": "85",
    "utilisation.peak_memory_percent": "90",
    "utilisation.peak_disk_percent": "90",
    "utilisation.peak_network_mbit_s": "800",
    "antivirus.scan_s": "120",
    "antivirus.memory_mb": "1500",
    "firewall.advisories_of": '"2026-11-01"',
    "firewall.throughput_mbit_s": "2000",
    "advisories.id": '"CVE-2024-1086"',
    "advisories.product": '"kernel"',
    "advisories.fixed_in": '"6.1.76"',
    "databases.name": '"orders"',
    "databases.host": '"web1"',
    "databases.kind": '"postgresql"',
    "databases.account": '"auditor"',
    "databases.database": '"shop"',
    "databases.port": "5432",
    "databases.password_env": '"DUHENG_AUDITOR_PASSWORD"',
    "databases.password_file": '"secrets/auditor"',
    "databases.log": '"/var/log/postgresql"',
    "backups.name": '"database"',
    "backups.tool": '"pgbackrest"',
    "backups.host": '"web1"',
    "backups.repository": '"1"',
    "backups.stanza": '"shop"',
    "backups.config": '"/etc/pgbackrest.conf"',
    "backups.path": '"/srv/backup/manifests"',
    "backups.command": '["/usr/local/bin/list-backups", "--json"]',
    "backups.start": '["/usr/local/bin/backup", "orders"]',
    "backups.restore_command": '["/usr/local/bin/restore", "{id}", "{target}"]',
    "backups.password_env": '"DUHENG_BACKUP_PASSWORD"',
    "backups.password_file": '"secrets/backup"',
    "backups.holds": '["customers", "trades"]',
    "backups.place": '"remote"',
    "backups.site": '"Beijing B"',
    "backups.medium": '"bucket shop-backup, cold"',
    "backups.medium_state": '"in-use"',
    "backups.kind": '"full"',
    "backups.incremental_h": "2",
    "backups.differential_h": "12",
    "backups.full_h": "168",
    "backups.kept_whole_h": "336",
    "backups.schedule": '"0 */2 * * *"',
    "backups.zone": '"Asia/Shanghai"',
    "backups.verification": '"/var/log/backup/verify.txt"',
    "backup_plan.data": '"trades"',
    "backup_plan.by": '"importance"',
    "backup_plan.rank": "1",
    "backup_plan.cycle_h": "2",
    "restore.scratch": '"/var/tmp/duheng-scratch"',
    "load.peak_rate_per_s": "20",
    "load.accounts": "20",
    "load.product_urls": '["/tea/1/"]',
    "load.query_p95_ms": "100",
    "load.latency_p99_ms": "5000",
    "drill.journey_s": "15",
    "drill.stop_file": '"stop-drills"',
    "drills.name": '"shop-crash"',
    "drills.fault": '"software-crash"',
    "drills.host": '"web1"',
    "drills.unit": '"shop.service"',
    "drills.pidfile": '"/run/shop/shop.pid"',
    "drills.command": '"/srv/shop/bin/gunicorn shop.wsgi"',
    "drills.start": '["systemctl", "start", "shop.service"]',
    "drills.off": '["virsh", "destroy", "shop-db2"]',
    "drills.on": '["virsh", "start", "shop-db2"]',
    "drills.state": '["virsh", "domstate", "shop-db2"]',
    "drills.off_says": '"^shut off$"',
    "drills.redundant": '["/usr/local/bin/pair-is-whole"]',
    "drills.writes": '["/usr/local/bin/commit-rows"]',
    "drills.reads": '["/usr/local/bin/list-rows"]',
    "drills.check": '["pg_amcheck", "--host", "shop-db2", "shop"]',
    "drills.source": '"192.0.2.10"',
    "drills.seen_as": '"203.0.113.10"',
    "drills.edge": '"192.0.2.1"',
    "drills.ports": "[22, 80, 443, 3389]",
    "drills.login_url": '"https://shop.example/login"',
    "drills.login_fields": '["email", "password"]',
    "drills.ssh_port": "22",
    "drills.attempts": "20",
    "drills.inspect_log": '"/var/log/nginx/access.log"',
    "drills.inspect": '"POST /login"',
    "drills.monitor_log": '"/var/log/fail2ban.log"',
    "drills.monitor": "'\\[shop\\] Found'",
    "drills.alarm_log": '"/var/mail/security"',
    "drills.alarm": '"fail2ban"',
    "drills.block_log": '"/var/log/fail2ban.log"',
    "drills.block": "'\\[shop\\] Ban'",
    "drills.reached_log": '"/var/log/shop/access.log"',
    "drills.watch_s": "60",
    "drills.jail": '"shop"',
    "drills.ban_set": '["inet", "filter", "banned"]',
    "drills.banned": '["/usr/local/bin/is-banned", "{source}"]',
    "drills.unban": '["/usr/local/bin/unban", "{source}"]',
    "drills.replay_at": '"https://shop.example/"',
    "drills.drop_in": '"/srv/shop/media"',
    "drills.caught_log": '"/var/log/clamav/clamonacc.log"',
    "drills.upload": '"https://shop.example/upload"',
    "drills.upload_field": '"file"',
    "drills.served_at": '"https://shop.example/media/"',
    "drills.stored_in": '"/srv/shop/media"',
    "drills.recover": '["/usr/local/bin/restore-shop"]',
    "drills.recover_on": '"web1"',
    "drills.data": '"/var/lib/postgresql/16/main"',
    "drills.local_backup": '["/var/backups/shop"]',
    "drills.promoted": '["/usr/local/bin/is-promoted"]',
    "drills.centre": '["/usr/local/bin/served-by-the-other-site"]',
    "drills.data_system": '["/usr/local/bin/standby-is-primary"]',
    "drills.network": '["/usr/local/bin/traffic-takes-the-other-line"]',
    "drills.peer": '"192.0.2.20"',
    "drills.port": "5432",
    "drills.interface": '"eth1"',
    "drills.path": '"/var/lib/shop/uploads"',
    "drills.reserve_bytes": "1048576",
    "drills.certificate": '"/etc/nginx/shop.pem"',
    "drills.key": '"/etc/nginx/shop.key"',
    "drills.reload": '["systemctl", "reload", "nginx"]',
    "drills.array": '"/dev/md0"',
    "drills.member": '"/dev/sdb1"',
    "drills.limit_s": "600",
    "drills.told_by": '"/var/log/shop/keeper.log"',
    "drills.detected": '"process ended"',
    "drills.decided": '"restart decided"',
    "drills.acted": '"started again"',
    "night.steps": '["load:nightly", "drill:shop-crash", "restore", "examine"]',
    "night.from": '"01:00"',
    "night.until": '"05:00"',
    "night.days": '["mon", "thu"]',
    "waivers.check": '"SBT-3.2.5-page"',
    "waivers.reason": '"the licence page goes live with release 7"',
    "waivers.owner": '"Li Lei, compliance"',
    "waivers.expires": "2027-03-31T18:00:00+08:00",
    "not_applicable.reason": '"the shop has no sellers but its owner"',
    "windows.starts": "2027-01-10T02:00:00+08:00",
    "windows.ends": "2027-01-10T04:00:00+08:00",
    "windows.purpose": '"test orders, agreed with operations"',
}
_ACTIVE = frozenset({"id", "name", "base_url", "environment", "authorised", "adapter"})
_NAMED = {
    "roles": "operator",
    "interfaces": "stock",
    "thresholds": '"SBT-3.1.1.2-mtbf"',
    "not_applicable": '"SBT-3.1.3.2-horizontal"',
}
_FREE_EXAMPLE = "mtbf = 9000"
_HEADING = Text(
    zh="度衡的目标文件。口令不得写入本文件：请写明环境变量名，或仅属主可读的文件。\n"
    "除 [platform] 外的各表均可省略；行首带 # 的键为示例或默认值。",
    en="Target file of Duheng. No password stands here: name an environment variable or an owner-only file.\n"
    "Every table but [platform] may be left out; keys behind a # are examples or defaults.",
)
_REQUIRED = Text(zh="（必填）", en=" (required)")
_ONE_OF = Text(zh="可用名称：", en="names: ")

Lang = Literal["zh", "en"]


def _pick(text: Text | Key | Table, lang: Lang) -> str:
    return text.zh if lang == "zh" else text.en


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _key_lines(name: str, key_name: str, key: Key, lang: Lang, *, active: bool) -> Iterator[str]:
    value = _EXAMPLES.get(f"{name}.{key_name}") or _written(key.default)
    yield f"# {_pick(key, lang)}{_pick(_REQUIRED, lang) if key.required else ''}"
    yield f"{'' if active else '# '}{key_name} = {value}"


def _table_lines(name: str, table: Table, lang: Lang) -> Iterator[str]:
    active = name == "platform"
    yield ""
    yield f"# --- {_pick(table, lang)}"
    if table.names:
        yield f"# {_pick(_ONE_OF, lang)}{', '.join(table.names)}"
    header = f"[[{name}]]" if table.shape == "array" else f"[{name}{'.' + _NAMED[name] if name in _NAMED else ''}]"
    yield f"{'' if active else '# '}{header}"
    if table.free is not None:
        yield f"# {_FREE_EXAMPLE}"
    for key_name, key in table.keys.items():
        yield from _key_lines(name, key_name, key, lang, active=active and key_name in _ACTIVE)


def template(lang: Lang = "en") -> str:
    """Return the text of a target file to start from; it loads as it stands, and allows nothing but reading."""
    lines = [f"# {line}" for line in _pick(_HEADING, lang).splitlines()]
    for name, table in TABLES.items():
        lines += _table_lines(name, table, lang)
    return "\n".join(lines) + "\n"
