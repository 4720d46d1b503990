from ipaddress import ip_address

import pytest

from webui.errors import DownloadFailed
from webui.model_manager.downloads.addresses import Gate, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "240.0.0.1",
        "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:192.168.0.1", "2002:7f00:0001::", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    ],
)  # fmt: skip
def test_addresses_of_this_computer_and_its_network_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_addresses_of_the_open_net_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a.safetensors", "ftp://example.org/a", "file:///etc/passwd", "https://", "https:///a",
        "https://user:secret@example.org/a", "https://exa mple.org/", "https://example.org/\n", "https://e.org:99999/",
        "https://example.org/" + "a" * 5000, "javascript:alert(1)", "//example.org/a", "http://127.0.0.1/a",
    ],
)  # fmt: skip
def test_addresses_that_are_not_taken_are_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(DownloadFailed) as caught:
        Gate().checked(url)
    assert caught.value.message.endswith(".")
    assert caught.value.field == "source"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "::1", "0.0.0.0", "169.254.169.254", "2130706433", "0x7f.1"]
)
def test_names_that_lead_into_this_network_are_never_connected_to(host: str) -> None:
    with pytest.raises((DownloadFailed, OSError)) as caught:
        Gate().connect(host, 9)
    assert not isinstance(caught.value, ConnectionRefusedError)


def test_a_server_on_this_computer_is_taken_where_that_was_allowed() -> None:
    assert Gate(loopback=True).checked("http://127.0.0.1:8000/a").port == 8000
    with pytest.raises(DownloadFailed):
        Gate(loopback=True).checked("http://192.168.0.1/a")
