import pytest

from webui.errors import DownloadFailed
from webui.model_manager.downloads.addresses import Gate


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


@pytest.mark.parametrize("host", ["2606:4700::1111", "2606:4700::80", "::ffff:1.1.1.1"])
def test_the_end_of_an_address_is_not_taken_for_a_port(host: str) -> None:
    gate = Gate()
    connection = gate.connection(gate.checked(f"https://[{host}]/a"))
    assert (connection.host, connection.port) == (host, 443)
