"""The lean transport keeps the contract of the ``Http`` port, and never reuses a connection."""

import json

from probes.redaction import Redactor
from probes.target import Target
from probes.transports.fresh import FreshHttp
from probes.transports.port import Http
from tests.contracts.http_port import CLOCK, HttpContract, target_for
from tests.miniatures import bad_servers


class TestFreshHttp(HttpContract):
    def make(self, target: Target, redactor: Redactor) -> Http:
        return FreshHttp(target, CLOCK, redactor)

    def test_every_request_has_a_connection_of_its_own(self, shop: str) -> None:
        with self.session(target_for(shop)) as session:
            peers = {json.loads(self.get(session, f"{shop}/x").body)["peer"] for _ in range(3)}
        assert len(peers) == 3

    def test_a_page_is_asked_for_by_its_encoded_path(self, shop: str) -> None:
        with self.session(target_for(shop)) as session:
            asked = json.loads(self.get(session, f"{shop}/茶 叶\r\nX-Evil: 1?q=绿").body)
        assert asked["path"] == "/%E8%8C%B6%20%E5%8F%B6X-Evil:%201?q=%E7%BB%BF"
        assert "x-evil" not in asked["headers"]

    def test_a_packed_answer_is_unpacked(self) -> None:
        import gzip

        page = gzip.compress(bad_servers.PAGE)
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(page)}\r\n\r\n".encode()
        with (
            bad_servers.serving(bad_servers.always(head + page)) as server,
            self.session(target_for(server.url)) as session,
        ):
            assert self.get(session, server.url).body == bad_servers.PAGE
