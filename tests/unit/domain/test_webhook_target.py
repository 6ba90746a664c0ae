from ipaddress import ip_address

import pytest

from shared.domain.errors import InvalidInputError
from shared.domain.webhook_target import (
    MAX_URL,
    ensure_allowed,
    is_public,
    read_target,
)

URL = "https://lms.example.org/assay"
PUBLIC = "93.184.215.14"
PRIVATE = (
    "0.0.0.0",  # noqa: S104 - nothing binds
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_our_side_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        PUBLIC,
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001:829::200e",
    ],
)
def test_its_neighbours_on_the_internet_are(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_with_one_such_address_is_refused_whatever_else_it_has(address: str) -> None:
    target = read_target(URL, allow_loopback=True)

    for addresses in ([address], [PUBLIC, address]):
        with pytest.raises(InvalidInputError, match="private or reserved") as refused:
            ensure_allowed(target, addresses, allow_loopback=True)
        assert refused.value.pointer == "/url"


def test_a_name_with_public_addresses_is_allowed() -> None:
    target = read_target(URL, allow_loopback=False)

    ensure_allowed(target, [PUBLIC, "2606:4700:4700::1111"], allow_loopback=False)


def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no address"):
        ensure_allowed(read_target(URL, allow_loopback=False), [], allow_loopback=False)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://lms.example.org/", "https://"),
        ("http://127.0.0.1:8000/", "https://"),
        ("ftp://lms.example.org/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("lms.example.org", "https://"),
        ("//lms.example.org/", "https://"),
        ("", "https://"),
        ("https://user@lms.example.org/", "user name"),
        ("https://:password@lms.example.org/", "user name"),
        ("https://@lms.example.org/", "user name"),
        ("https://lms.example.org/#part", "fragment"),
        ("https://lms.example.org/#", "fragment"),
        ("https:///path", "no host"),
        ("https://", "no host"),
        ("https://[fe80::1%25eth0]/", "no host|no URL"),
        ("https://lms.example.org:99999/", "no URL"),
        ("https://lms.example.org:x/", "no URL"),
        ("https://[::1/", "no URL"),
        ("https://lms.example.org/a b", "blanks"),
        ("https://lms.example.org/\r\nHost: x", "printable"),
        ("https://lms.example.örg/", "ASCII"),
        ("https://lms.example.org/" + "x" * MAX_URL, "2048"),
    ],
)
def test_what_is_no_address_for_messages_is_refused_with_its_remedy(url: str, says: str) -> None:
    with pytest.raises(InvalidInputError, match=says) as refused:
        read_target(url, allow_loopback=False)
    assert refused.value.pointer == "/url"


def test_a_url_is_taken_apart() -> None:
    target = read_target("https://LMS.example.org:8443/a/b?c=d", allow_loopback=False)

    assert (target.host, target.port, target.path) == ("lms.example.org", 8443, "/a/b?c=d")
    assert target.authority == "lms.example.org:8443"


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://lms.example.org", "lms.example.org"),
        ("https://lms.example.org:443/", "lms.example.org"),
        ("https://[2606:4700::1]/", "[2606:4700::1]"),
        ("https://[2606:4700::1]:444/", "[2606:4700::1]:444"),
    ],
)
def test_the_host_header_names_a_port_only_where_it_must(url: str, authority: str) -> None:
    assert read_target(url, allow_loopback=False).authority == authority


class TestLocally:
    def test_http_reaches_this_machine(self) -> None:
        target = read_target("http://localhost:8000/hook", allow_loopback=True)

        ensure_allowed(target, ["127.0.0.1", "::1"], allow_loopback=True)
        assert (target.port, target.is_secure) == (8000, False)

    @pytest.mark.parametrize("address", [PUBLIC, "10.0.0.1", "169.254.169.254"])
    def test_http_reaches_nothing_else(self, address: str) -> None:
        target = read_target("http://localhost/", allow_loopback=True)

        for addresses in ([address], ["127.0.0.1", address]):
            with pytest.raises(InvalidInputError, match="loopback"):
                ensure_allowed(target, addresses, allow_loopback=True)

    def test_what_was_saved_locally_is_refused_elsewhere(self) -> None:
        target = read_target("http://localhost/", allow_loopback=True)

        with pytest.raises(InvalidInputError, match="loopback"):
            ensure_allowed(target, ["127.0.0.1"], allow_loopback=False)
