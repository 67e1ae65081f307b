"""The one table of judges: requirement id to what it needs and who judges it.

A check that is not here is undetermined, cause ``not-built``.
"""

from collections.abc import Mapping
from types import MappingProxyType

from conformance.judges import (
    antivirus,
    availability,
    backup_contents,
    backup_cycles,
    backup_integrity,
    backup_kinds,
    backup_places,
    backup_plan,
    backup_schedule,
    backup_sets,
    backup_software,
    backup_storage,
    completeness,
    credentials,
    daily_failure,
    database_access,
    database_under_load,
    disclosure,
    drill_clauses,
    encryption,
    equipment,
    fees,
    fields,
    firewall,
    firewall_let_in,
    firewall_ports,
    firewall_under_load,
    forgery,
    functions,
    hot_backup,
    identification,
    interfaces,
    intrusion,
    kept,
    matrix,
    mtbf,
    network,
    offsite,
    operating_system,
    orders,
    own_data,
    payment_notices,
    payment_stability,
    payments,
    peak_utilisation,
    prices,
    qualification,
    random_walk,
    recovery,
    refunds,
    rights,
    sellers,
    sessions,
    suites,
    tampering,
    traces,
    utilisation,
    watching_for_intruders,
)
from conformance.judges.drill_runs import DRILLS
from conformance.judges.hosts import FACTS, every_host
from conformance.judges.judgement import Judgement
from conformance.judges.load_runs import RUNS, every_run

_SHOP = ("platform.adapter",)
_WRITES = (*_SHOP, "platform.authorised")
_INTERFACES = (*_WRITES, "api.description")
_OPERATOR = (*_WRITES, "roles.operator")
_PAYMENT = (*_OPERATOR, "payment.sandbox", "payment.hosts")
_SELLERS = (*_OPERATOR, "roles.seller_a", "roles.seller_b")

_CATALOGUES = ("backup.catalogue",)
_RESTORES = ("backup.restore",)
_SCHEDULE = (*_CATALOGUES, "host.facts")
_BACKUPS = ("hosts", "backups")
_PLAN = (*_BACKUPS, "backup_plan")
_RESTORED = (*_BACKUPS, "platform.authorised", "restore.scratch")

_HOSTS = ("hosts",)
_FACTS = (FACTS,)

_HISTORY = "ledger.history"
_FUNCTIONS = "ledger.functions"

_LOAD = (RUNS,)
_PEAK = (*_HOSTS, "platform.authorised", "load.peak_rate_per_s")

_MEANS = (_HISTORY, DRILLS)
_DRILLED = ("hosts", "platform.authorised", "drills")

RECALLED = frozenset({_HISTORY, _FUNCTIONS, RUNS, DRILLS})
"""The kinds that no probe looks for: long-run evidence, read from the ledger (``conformance.recalling``)."""

JUDGEMENTS: Mapping[str, Judgement] = MappingProxyType(
    {
        "SBT-3.1.1.1-availability": Judgement(parts={_HISTORY: availability.yearly}),
        "SBT-3.1.1.1-avg-utilisation": Judgement(
            whole=every_host(utilisation.averages), together=_FACTS, declares=(*_HOSTS, "utilisation")
        ),
        "SBT-3.1.1.1-peak-utilisation": Judgement(
            whole=every_run(peak_utilisation.within_limits), together=_LOAD, declares=(*_PEAK, "utilisation")
        ),
        "SBT-3.1.1.1-service-life": Judgement(
            whole=every_host(equipment.service_life), together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.1.1-ventilation": Judgement(whole=every_host(equipment.ventilation), together=_FACTS, declares=_HOSTS),
        "SBT-3.1.1.1-ups-response": Judgement(
            whole=every_host(equipment.ups_response), together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.1.1-online-power": Judgement(
            whole=every_host(equipment.online_power), together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.2.1-runs": Judgement(whole=every_host(operating_system.runs), together=_FACTS, declares=_HOSTS),
        "SBT-3.1.2.1-networking": Judgement(
            whole=every_host(operating_system.networking), together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.2.1-p2p-cs": Judgement(
            parts={"net.tls": operating_system.client_server, "host.peers": operating_system.direct}, declares=_HOSTS
        ),
        "SBT-3.1.2.1-share": Judgement(whole=every_host(operating_system.share), together=_FACTS, declares=_HOSTS),
        "SBT-3.1.2.1-mainstream": Judgement(
            whole=every_host(operating_system.mainstream), together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.2.2-mainstream": Judgement(
            whole=every_host(database_access.mainstream, role="database"), together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.2.2-meets-need": Judgement(
            whole=every_run(database_under_load.meets_need),
            together=_LOAD,
            declares=(*_PEAK, "databases", "load.query_p95_ms"),
        ),
        "SBT-3.1.2.4-monitoring": Judgement(
            whole=every_host(watching_for_intruders.monitored), together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.2.4-ids": Judgement(
            whole=watching_for_intruders.intrusions_detected, together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.3.5-db-access": Judgement(
            parts={"db.marked_session": database_access.session_traced}, declares=(*_HOSTS, "databases")
        ),
        "SBT-3.1.4.2-function": Judgement(
            parts={"host.ports": firewall_ports.only_approved_open},
            whole=firewall_let_in.lets_in_only_approved,
            together=(*_FACTS, firewall_let_in.PORTS),
            declares=(*_HOSTS, "platform.authorised"),
        ),
        "SBT-3.1.4.2-performance": Judgement(
            whole=every_run(firewall_under_load.no_packet_lost), together=_LOAD, declares=_PEAK
        ),
        "SBT-3.1.4.2-manageable": Judgement(
            whole=every_host(firewall.manageable, role="firewall"), together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.4.2-status": Judgement(whole=firewall.status_watched, together=_FACTS, declares=_HOSTS),
        "SBT-3.1.4.2-self-secure": Judgement(
            parts={"host.ports": firewall_ports.management_closed},
            whole=every_host(firewall.without_known_holes, role="firewall"),
            together=_FACTS,
            declares=(*_HOSTS, "platform.authorised", "firewall.advisories_of"),
        ),
        "SBT-3.1.4.3-engine": Judgement(
            whole=every_host(antivirus.engine_fast), together=_FACTS, declares=(*_HOSTS, "antivirus.scan_s")
        ),
        "SBT-3.1.4.3-resources": Judgement(
            whole=every_host(antivirus.resources_small), together=_FACTS, declares=_HOSTS
        ),
        "SBT-3.1.4.3-deploy": Judgement(whole=antivirus.deployed, together=_FACTS, declares=_HOSTS),
        "SBT-3.1.1.2-mtbf": Judgement(parts={_HISTORY: mtbf.mean_time}),
        "SBT-3.1.1.2-sw-mttr": Judgement(whole=recovery.recovered("software"), together=_MEANS),
        "SBT-3.1.1.2-hw-mttr": Judgement(whole=recovery.recovered("hardware"), together=_MEANS),
        "SBT-3.1.1.2-daily-failure": Judgement(parts={_HISTORY: daily_failure.worst_day}),
        **{
            own_id: Judgement(whole=judge, together=(DRILLS,), declares=_DRILLED)
            for own_id, judge in drill_clauses.CLAUSES.items()
        },
        **{
            f"SBT-3.1.1.3.1-{kind}": Judgement(whole=backup_sets.one(judge), together=_CATALOGUES, declares=_BACKUPS)
            for kind, judge in backup_kinds.KINDS.items()
        },
        "SBT-3.1.1.3.2-local": Judgement(
            whole=backup_sets.one(backup_places.local), together=_CATALOGUES, declares=_BACKUPS
        ),
        "SBT-3.1.1.3.2-remote": Judgement(
            whole=backup_sets.one(backup_places.remote), together=_CATALOGUES, declares=_BACKUPS
        ),
        **{
            f"SBT-3.1.1.3.3-by-{order}": Judgement(
                whole=backup_plan.ranked(order), together=_CATALOGUES, declares=_PLAN
            )
            for order in backup_plan.ORDERS
        },
        **{
            f"SBT-3.1.1.3.3-{kind}": Judgement(
                whole=backup_cycles.interval(kind), together=_CATALOGUES, declares=_BACKUPS
            )
            for kind in ("incremental", "full", "differential")
        },
        **{
            f"SBT-3.1.1.3.4-{kind}": Judgement(
                whole=backup_contents.contained(kind), together=_RESTORES, declares=_RESTORED
            )
            for kind in backup_sets.DATA_WORDS
        },
        "SBT-3.1.1.3.5-integrity": Judgement(whole=backup_integrity.kept_whole, together=_RESTORES, declares=_RESTORED),
        "SBT-3.1.1.3.5-media": Judgement(
            whole=backup_sets.every(backup_software.media), together=_CATALOGUES, declares=_BACKUPS
        ),
        "SBT-3.1.1.3.5-multi-kind": Judgement(
            whole=backup_sets.every(backup_software.several_kinds), together=_CATALOGUES, declares=_BACKUPS
        ),
        "SBT-3.1.1.3.5-scheduled": Judgement(whole=backup_schedule.scheduled, together=_SCHEDULE, declares=_BACKUPS),
        "SBT-3.1.1.3.5-start-date": Judgement(
            whole=backup_schedule.can_be_dated(backup_schedule.START), together=_SCHEDULE, declares=_BACKUPS
        ),
        "SBT-3.1.1.3.5-stop-date": Judgement(
            whole=backup_schedule.can_be_dated(backup_schedule.STOP), together=_SCHEDULE, declares=_BACKUPS
        ),
        "SBT-3.1.1.3.5-verify-means": Judgement(
            whole=backup_integrity.means, together=(*_CATALOGUES, *_RESTORES), declares=_RESTORED
        ),
        "SBT-3.1.1.3.5-hot": Judgement(
            whole=every_run(hot_backup.none_disturbed),
            together=_LOAD,
            declares=(*_BACKUPS, "platform.authorised"),
        ),
        "SBT-3.1.1.3.5-raid": Judgement(whole=backup_storage.redundant, together=("host.facts",), declares=("hosts",)),
        "SBT-3.1.1.3.5-image": Judgement(
            whole=backup_sets.one(backup_software.image), together=_CATALOGUES, declares=_BACKUPS
        ),
        "SBT-3.1.2.3-tcpip": Judgement(parts={"net.tcp": network.tcp_in_use}),
        "SBT-3.1.3-confidential": Judgement(
            parts={
                "web.plain": encryption.nothing_in_clear,
                "shop.order": encryption.ordered_encrypted,
                "access.outsiders": rights.closed_to_outsiders,
                "access.peers": rights.no_peer_reads,
                "access.shared_order": sellers.no_seller_reads,
            },
            declares=_WRITES,
        ),
        "SBT-3.1.3-complete": Judgement(
            parts={"shop.order": completeness.complete, "trade.at_random": random_walk.nothing_lost}, declares=_OPERATOR
        ),
        "SBT-3.1.3-unforgeable": Judgement(
            parts={
                "shop.tampering": tampering.price_kept,
                "trade.forgery": forgery.orders_genuine,
                "payment.notices": payment_notices.notices_unforgeable,
            },
            declares=_PAYMENT,
        ),
        "SBT-3.1.3-authenticable": Judgement(parts={"audit.records": traces.orders_attributed}, declares=_OPERATOR),
        "SBT-3.1.3-non-repudiable": Judgement(parts={"audit.log": traces.log_kept}, declares=(*_WRITES, "audit.log")),
        "SBT-3.1.3.5-operations": Judgement(parts={"audit.operations": traces.operations_traced}, declares=_OPERATOR),
        "SBT-3.1.3.1-identified": Judgement(
            parts={
                "shop.identity": identification.taken_for_themselves,
                "shop.wrong_credentials": identification.strangers_refused,
                "auth.sessions": identification.recognised_each_time,
            },
            declares=_WRITES,
        ),
        "SBT-3.1.3.1-no-intrusion": Judgement(
            parts={
                "auth.cookies": credentials.nothing_given_away,
                "auth.sessions": sessions.sessions_kept,
                "auth.brute_force": intrusion.guessing_stopped,
            },
            declares=_WRITES,
        ),
        "SBT-3.1.3.2-vertical": Judgement(
            parts={
                "access.operator_pages": rights.operator_only,
                "access.matrix": matrix.between_roles,
                "access.matrix_writes": matrix.between_roles,
            },
            declares=_OPERATOR,
        ),
        "SBT-3.1.3.2-horizontal": Judgement(
            parts={
                "access.peers": rights.own_things_only,
                "access.shared_order": sellers.own_lines_only,
                "access.matrix": matrix.between_users,
                "access.matrix_writes": matrix.between_users,
            },
            declares=_SELLERS,
        ),
        "SBT-3.1.3.3-plain-web": Judgement(parts={"web.plain": encryption.plain_entry}, declares=_SHOP),
        "SBT-3.1.3.3-ssl128": Judgement(
            parts={
                "net.tls": encryption.encrypted_access,
                "net.tls_suites": suites.every_suite,
                "net.tls_touched": suites.touched_hosts,
            }
        ),
        "SBT-3.1.3.4-logical-field": Judgement(
            parts={"trade.fields": fields.consistent, "trade.race": fields.not_oversold}, declares=_OPERATOR
        ),
        "SBT-3.1.3.4-physical-fire": Judgement(
            whole=backup_integrity.survives_fire, together=(*_CATALOGUES, *_RESTORES), declares=_RESTORED
        ),
        "SBT-3.1.4.4-offsite": Judgement(whole=offsite.offline_elsewhere, together=_CATALOGUES, declares=_BACKUPS),
        **{
            f"SBT-3.1.5-{kind}": Judgement(
                parts={
                    "interface.description": interfaces.documented(kind),
                    f"interface.{kind}": interfaces.round_trip(kind),
                },
                declares=_INTERFACES,
            )
            for kind in interfaces.KINDS
        },
        "SBT-3.1.3.3-personal-no-leak": Judgement(parts={"browser.walk": disclosure.personal_kept}, declares=_WRITES),
        "SBT-3.1.3.3-trade-no-leak": Judgement(parts={"browser.walk": disclosure.trade_kept}, declares=_WRITES),
        "SBT-3.2.1-register": Judgement(parts={"shop.register": functions.registration}, declares=_WRITES),
        "SBT-3.2.1-cart": Judgement(parts={"shop.cart": functions.cart}, declares=_WRITES),
        "SBT-3.2.1-display": Judgement(parts={"shop.catalogue": functions.display}, declares=_SHOP),
        "SBT-3.2.1-orders": Judgement(parts={"shop.order": orders.handling}, declares=_OPERATOR),
        "SBT-3.2.1-kept": Judgement(parts={_FUNCTIONS: kept.still_works}),
        "SBT-3.2.5-page": Judgement(parts={"web.qualification": qualification.dedicated_page}),
        "SBT-4.1.2.1.1-goods-price": Judgement(parts={"shop.catalogue": prices.goods_priced}, declares=_SHOP),
        "SBT-4.1.2.1.1-delivery-price": Judgement(
            parts={"shop.catalogue": prices.delivery_priced, "shop.order": prices.delivery_as_charged}, declares=_WRITES
        ),
        "SBT-4.1.2.1.1-fee-separate": Judgement(parts={"shop.order": fees.fee_apart}, declares=_WRITES),
        "SBT-6-safe": Judgement(
            parts={"payment.tls": payments.provider_encrypted, "payment.notices": payment_notices.notices_signed},
            declares=_PAYMENT,
        ),
        "SBT-6-stable": Judgement(parts={_HISTORY: payment_stability.stable}),
        "SBT-6-reliable": Judgement(parts={"payment.hundred": payments.each_ends_once}, declares=_PAYMENT),
        "SBT-6-backup": Judgement(whole=offsite.periodic, together=_CATALOGUES, declares=_BACKUPS),
        "SBT-6-refund-help": Judgement(parts={"payment.refund": refunds.refunded_in_time}, declares=_PAYMENT),
        "SBT-7.2.3-view": Judgement(parts={"privacy.own_data": own_data.viewable}, declares=_WRITES),
        "SBT-7.2.3-modify": Judgement(parts={"privacy.own_data": own_data.changeable}, declares=_WRITES),
    }
)
