"""Where events may go: public addresses only, whatever a name says and however an address is written."""

import ipaddress
import socket
from typing import Any

import pytest

from connectors.webhooks.target import UrlRefused, check_form, is_reachable, loopback_allowed, resolve


@pytest.fixture(autouse=True)
def _no_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", raising=False)


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name lead to these addresses."""

    def found(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.1", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1",
     "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
     "2001:0:1::1", "::7f00:1"],
)  # fmt: skip
def test_a_private_or_translated_address_is_out_of_reach(address: str) -> None:
    assert not is_reachable(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "203.208.60.1", "2400:3200::1", "::ffff:8.8.8.8"])
def test_a_public_address_is_in_reach(address: str) -> None:
    assert is_reachable(ipaddress.ip_address(address))


def test_the_address_that_was_checked_is_the_one_to_connect_to(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "203.208.60.1")
    target = resolve("https://scene.example:8443/hook?x=1")
    assert (target.ip_address, target.host, target.port, target.path) == (
        "203.208.60.1", "scene.example", 8443, "/hook?x=1",
    )  # fmt: skip


@pytest.mark.parametrize("addresses", [("10.0.0.1",), ("203.208.60.1", "127.0.0.1"), ()])
def test_one_private_address_among_them_refuses_the_name(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    names(monkeypatch, *addresses)
    with pytest.raises(UrlRefused):
        resolve("https://scene.example/")


def test_a_name_that_is_not_found_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(UrlRefused, match="cannot be found"):
        resolve("https://scene.example/")


def test_loopback_is_open_only_where_the_environment_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UrlRefused):
        check_form("http://127.0.0.1:9000/hook")
    monkeypatch.setenv("SLUICE_ALLOW_LOOPBACK_WEBHOOKS", "1")
    assert loopback_allowed()
    assert check_form("http://127.0.0.1:9000/hook").port == 9000
    for url in ("http://scene.example/", "http://10.0.0.1/", "https://10.0.0.1/"):
        with pytest.raises(UrlRefused):
            check_form(url)


@pytest.mark.parametrize(
    "url", ["https://x.example:99999/", "https://x.example:port/", "https://[x/", "x" * 501]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused):
        check_form(url)
