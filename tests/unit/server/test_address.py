"""Where connections may go when owners name servers: to the address that was judged, and never inside."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.server.imap import address, lookup
from mailhelper_core.server.imap.address import is_public, open_socket


@pytest.mark.parametrize("found", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_addresses_of_the_internet_are_public(found: str) -> None:
    assert is_public(found)


@pytest.mark.parametrize(
    "found",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "2002:7f00:0001::1", "ff02::1", "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "::a00:1",
        "fec0::1", "::ffff:224.0.0.1",
    ],
)  # fmt: skip
def test_addresses_of_other_networks_are_not(found: str) -> None:
    assert not is_public(found)


def test_a_name_that_answers_otherwise_the_second_time_is_connected_to_as_it_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    asked: list[str] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port)) for found in next(answers)]

    def connect(where: tuple[str, int], timeout: float) -> socket.socket:
        asked.append(where[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(lookup.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(address.socket, "create_connection", connect)

    with pytest.raises(ConnectionRefusedError):
        open_socket("rebinds.example.org", 993, timeout=5, public_only=True)

    assert asked == ["93.184.216.34"]


def test_of_several_addresses_only_the_public_ones_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def connect(where: tuple[str, int], timeout: float) -> socket.socket:
        asked.append(where[0])
        raise TimeoutError

    found = [(one, 993) for one in ("10.0.0.1", "93.184.216.34", "127.0.0.1", "93.184.216.35")]
    monkeypatch.setattr(address, "addresses_of", lambda host, port, timeout: found)
    monkeypatch.setattr(address.socket, "create_connection", connect)

    with pytest.raises(TimeoutError):
        open_socket("mail.example.org", 993, timeout=5, public_only=True)

    assert asked == ["93.184.216.34", "93.184.216.35"]


def test_a_host_without_a_public_address_is_refused_for_good() -> None:
    with pytest.raises(ServerError) as refused:
        open_socket("127.0.0.1", 993, timeout=5, public_only=True)

    assert (refused.value.code, refused.value.transient) == ("private_host", False)


@pytest.mark.parametrize("public_only", [True, False])
def test_all_addresses_together_take_no_longer_than_one_may(
    monkeypatch: pytest.MonkeyPatch, *, public_only: bool
) -> None:
    now = [100.0]

    def connect(where: tuple[str, int], timeout: float) -> socket.socket:
        now[0] += timeout
        raise TimeoutError

    found = [(f"93.184.216.{number}", 993) for number in range(1, 9)]
    monkeypatch.setattr(address, "addresses_of", lambda host, port, timeout: found)
    monkeypatch.setattr(address, "monotonic", lambda: now[0])
    monkeypatch.setattr(address.socket, "create_connection", connect)

    with pytest.raises(TimeoutError):
        open_socket("mail.example.org", 993, timeout=60, public_only=public_only)

    assert now[0] == pytest.approx(160.0)
