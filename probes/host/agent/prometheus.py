"""What a Prometheus on this host kept of this host's node_exporter."""

from probes.host.agent.loopback import fetched
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import json
    from typing import Dict, List, Tuple
else:
    from probes.host.agent.late import json

PORT = 9090
_STEP_S = 300
_ME = '{instance=~"(localhost|127[.]0[.]0[.]1):9100"%s}'
_QUERIES = {
    "cpu": "100 - 100 * avg(rate(node_cpu_seconds_total%s[5m]))" % _ME % ',mode="idle"',
    "memory": "100 - 100 * sum(node_memory_MemAvailable_bytes%s) / sum(node_memory_MemTotal_bytes%s)"
    % (_ME % "", _ME % ""),
    "disk": "100 * max(rate(node_disk_io_time_seconds_total%s[5m]))" % _ME % "",
    "network_bytes": "sum(rate(node_network_receive_bytes_total%s[5m]))"
    " + sum(rate(node_network_transmit_bytes_total%s[5m]))" % (_ME % ',device!="lo"', _ME % ',device!="lo"'),
}


def read(now_s: int, window_s: int) -> "Dict[str, List[Tuple[int, int, float, float]]]":
    """Return the points of the window, a point each five minutes, by resource: start, span, mean, peak.

    Raises:
        Unread: no Prometheus answers on the loopback address, or it knows nothing of this host.
    """
    found = {}
    for name, query in sorted(_QUERIES.items()):
        asked = "query=%s&start=%d&end=%d&step=%d" % (_escaped(query), now_s - window_s, now_s, _STEP_S)
        answer = fetched(PORT, "/api/v1/query_range?" + asked)
        if answer is None:
            raise Unread("settings", "no Prometheus answers on 127.0.0.1:%d" % PORT)
        for series in json.loads(answer)["data"]["result"]:
            points = [(int(at) - _STEP_S, _STEP_S, float(value), float(value)) for at, value in series["values"]]
            found[name] = [point for point in points if point[2] == point[2]]
    if not found:
        raise Unread("target", "the Prometheus on 127.0.0.1:%d knows nothing of this host's node_exporter" % PORT)
    return found


def _escaped(query: str) -> str:
    """Return a query as it stands in a URL."""
    return "".join(sign if sign.isalnum() or sign == "_" else "%%%02X" % ord(sign) for sign in query)
