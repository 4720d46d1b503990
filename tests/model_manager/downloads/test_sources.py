import pytest

from webui.errors import DownloadFailed
from webui.model_manager.downloads.sources import HubSource, LinkSource, parse_source, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("org/name", HubSource("org/name")),
        ("  org/name  ", HubSource("org/name")),
        ("org/name/sub/file.safetensors", HubSource("org/name", "sub/file.safetensors")),
        ("https://huggingface.co/org/name", HubSource("org/name")),
        ("https://huggingface.co/org/name/tree/fp16", HubSource("org/name", None, "fp16")),
        ("https://hf.co/org/name/blob/main/a.safetensors", HubSource("org/name", "a.safetensors")),
        (
            "https://huggingface.co/org/name/resolve/abc/sub/a%20b.safetensors?download=true",
            HubSource("org/name", "sub/a b.safetensors", "abc"),
        ),
        ("https://example.org/a.safetensors", LinkSource("https://example.org/a.safetensors")),
        (
            "https://civitai.com/models/12/some-name?modelVersionId=34",
            LinkSource("https://civitai.com/api/download/models/34"),
        ),
    ],
)
def test_what_people_paste_is_understood(text: str, expected: HubSource | LinkSource) -> None:
    assert parse_source(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "name", "org/", "/name", "../etc", "org/../x", "org/name/../../x.safetensors", "org/name/.hidden",
        "a b/c", "https://huggingface.co/", "https://huggingface.co/org", "https://civitai.com/models/12", "-x/y",
    ],
)  # fmt: skip
def test_what_names_no_model_is_told(text: str) -> None:
    with pytest.raises(DownloadFailed) as caught:
        parse_source(text)
    assert caught.value.hint


def test_keys_in_a_link_are_not_shown() -> None:
    assert shown("https://example.org/a.safetensors?token=secret") == "https://example.org/a.safetensors"
