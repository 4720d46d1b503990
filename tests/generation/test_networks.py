import pytest
from hypothesis import given

from tests.generation.nasty_prompts import NASTY, growth, prompts
from webui.generation.networks import Network, take_networks


@pytest.mark.parametrize(
    ("tag", "network"),
    [
        ("<lora:ink>", Network("lora", "ink")),
        ("<lora:ink:0.7>", Network("lora", "ink", 0.7, 0.7)),
        ("<lora:ink:0.5:0.8>", Network("lora", "ink", 0.5, 0.8)),
        ("<lora:ink:0.5:0.8:4>", Network("lora", "ink", 0.5, 0.8, 4)),
        ("<lora:ink:te=0.5>", Network("lora", "ink", 0.5, 0.5)),
        ("<lora:ink:unet=0.5>", Network("lora", "ink", 1.0, 0.5)),
        ("<lora:ink:0.3:unet=0.5:dyn=8>", Network("lora", "ink", 0.3, 0.5, 8)),
        ("<lora:ink:-1>", Network("lora", "ink", -1.0, -1.0)),
        ("<lyco:a b/c:1>", Network("lyco", "a b/c")),
        ("<hypernet:old:0.4>", Network("hypernet", "old", 0.4, 0.4)),
    ],
)
def test_a_tag_is_read_in_a1111s_order_of_arguments(tag: str, network: Network) -> None:
    assert take_networks(f"a {tag} b") == ("a  b", [network])


def test_several_tags_are_listed_in_their_order() -> None:
    text, networks = take_networks("<lora:one>a<lora:two:2>\nb")
    assert (text, [network.name for network in networks]) == ("a\nb", ["one", "two"])


@pytest.mark.parametrize("text", ["<lora:open", "a < b > c", "<lora>", "<:x>", "<lora:>", "a <3 b: c>"])
def test_what_is_no_tag_stays_in_the_text(text: str) -> None:
    assert take_networks(text) == (text, [])


def test_a_weight_that_is_no_number_counts_as_the_default_and_is_told() -> None:
    _, networks = take_networks("<lora:ink:strong:nan:x>")
    assert networks == [Network("lora", "ink")]
    assert networks[0].unread == ("strong", "nan", "x")


@given(prompts)
def test_any_text_is_read(text: str) -> None:
    rest, networks = take_networks(text)
    assert len(rest) <= len(text)
    assert bool(networks) == (rest != text)


@pytest.mark.parametrize("pattern", NASTY)
def test_the_work_grows_with_the_length_and_not_with_its_square(pattern: str) -> None:
    assert growth(take_networks, pattern) < 9
