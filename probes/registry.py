"""The one explicit table of probes: name to probe. A test says that each probe file is in it."""

from collections.abc import Mapping
from types import MappingProxyType

from probes import (
    cart,
    crawl,
    goods_pages,
    identity,
    order,
    own_data,
    plain_web,
    registration,
    tampering,
    tcp,
    tls_trust,
)
from probes.access import matrix, matrix_writes, operator_pages, outsiders, peers, shared_order
from probes.audit import log as audit_log
from probes.audit import operations as audit_operations
from probes.audit import records as audit_records
from probes.auth import brute_force, cookies, sessions
from probes.backups import catalogue as backup_catalogue
from probes.backups import restoring as backup_restoring
from probes.browser import walk
from probes.databases import marked_session
from probes.host import facts, ports
from probes.host import peers as host_peers
from probes.interfaces import description, round_trip
from probes.look import Probe
from probes.payment import hundred, notices, refund
from probes.payment import tls as payment_tls
from probes.tls import enumerating, touched
from probes.trade import at_random, fields, forgery, race

PROBES: Mapping[str, Probe] = MappingProxyType(
    {
        "net.tcp": tcp.PROBE,
        "net.tls": tls_trust.PROBE,
        "net.tls_suites": enumerating.PROBE,
        "net.tls_touched": touched.PROBE,
        "web.plain": plain_web.PROBE,
        "web.qualification": crawl.PROBE,
        "shop.catalogue": goods_pages.PROBE,
        "shop.register": registration.PROBE,
        "shop.identity": identity.IDENTITY,
        "shop.wrong_credentials": identity.WRONG_CREDENTIALS,
        "auth.cookies": cookies.PROBE,
        "auth.sessions": sessions.PROBE,
        "shop.cart": cart.PROBE,
        "shop.tampering": tampering.PROBE,
        "shop.order": order.PROBE,
        "access.outsiders": outsiders.PROBE,
        "access.peers": peers.PROBE,
        "access.shared_order": shared_order.PROBE,
        "access.operator_pages": operator_pages.PROBE,
        "access.matrix_writes": matrix_writes.PROBE,
        "access.matrix": matrix.PROBE,
        "privacy.own_data": own_data.PROBE,
        "trade.forgery": forgery.PROBE,
        "trade.fields": fields.PROBE,
        "trade.race": race.PROBE,
        "trade.at_random": at_random.PROBE,
        "audit.records": audit_records.PROBE,
        "audit.operations": audit_operations.PROBE,
        "audit.log": audit_log.PROBE,
        "browser.walk": walk.PROBE,
        "interface.description": description.PROBE,
        **round_trip.PROBES,
        "payment.tls": payment_tls.PROBE,
        "payment.notices": notices.PROBE,
        "payment.refund": refund.PROBE,
        "payment.hundred": hundred.PROBE,
        "auth.brute_force": brute_force.PROBE,
        "host.facts": facts.PROBE,
        "host.ports": ports.PROBE,
        "host.peers": host_peers.PROBE,
        "db.marked_session": marked_session.PROBE,
        "backup.catalogue": backup_catalogue.PROBE,
        "backup.restore": backup_restoring.PROBE,
    }
)
