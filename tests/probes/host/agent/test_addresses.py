"""Addresses as the agent writes them, beside the standard library's own forms."""

import ipaddress

import pytest

from probes.host.agent.addresses import ones, written


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "192.0.2.255", "::", "::1", "1::", "fe80::1", "2001:db8::1:0:0:1", "2001:db8:0:1:1:1:1:1",
        "0:0:1::", "1:0:0:2::3", "::ffff:192.0.2.1", "::192.0.2.1", "ff02::fb", "1:2:3:4:5:6:7:8",
    ],
)  # fmt: skip
def test_an_address_is_written_as_ipaddress_writes_it(address: str) -> None:
    known = ipaddress.ip_address(address)
    assert written(known.packed) == str(known)


def test_netmasks_are_counted() -> None:
    assert [ones(str(ipaddress.ip_network(f"0.0.0.0/{bits}").netmask)) for bits in range(33)] == list(range(33))
    assert [ones(str(ipaddress.ip_network(f"::/{bits}").netmask)) for bits in range(129)] == list(range(129))
