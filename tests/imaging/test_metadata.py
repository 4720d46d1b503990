import json
import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from webui.generation.infotext import write_infotext
from webui.generation.request import GenerationRequest
from webui.imaging.metadata import Embedded, embedded_text, fields_of
from webui.imaging.png_text import MAX_TEXT_BYTES
from webui.library.encoding import encode_png

TEXT = "a boat, 猫 \U0001f431\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 64x64"
LATIN = "a café\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 5, Size: 64x64"


def _exif(comment: bytes, order: str = ">", **strings: str) -> bytes:
    """An EXIF block with a comment of the user, and strings in the tags of these names."""
    tags = {"make": 0x010F, "model": 0x0110}
    head = b"MM\0*" if order == ">" else b"II*\0"
    pointed = [(tags[name], 2, text.encode() + b"\0") for name, text in strings.items()]
    fields, tail = b"", b""
    after = 8 + 2 + 12 * (len(pointed) + 1) + 4
    for tag, kind, value in pointed:
        fields += struct.pack(f"{order}HHII", tag, kind, len(value), after + len(tail))
        tail += value
    fields += struct.pack(f"{order}HHII", 0x8769, 4, 1, after + len(tail))
    sub = struct.pack(f"{order}H", 1) + struct.pack(f"{order}HHII", 0x9286, 7, len(comment), after + len(tail) + 18)
    directory = struct.pack(f"{order}H", len(pointed) + 1) + fields + b"\0" * 4
    return b"Exif\0\0" + head + struct.pack(f"{order}I", 8) + directory + tail + sub + b"\0" * 4 + comment


def _file(kind: str, **more: Any) -> bytes:
    file = BytesIO()
    Image.new("RGB", (16, 16)).save(file, format=kind, **more)
    return file.getvalue()


def _png(**texts: str) -> bytes:
    info = PngInfo()
    for key, text in texts.items():
        info.add_itxt(key, text)
    return _file("PNG", pnginfo=info)


def test_our_own_picture_gives_every_field_from_its_request() -> None:
    request = GenerationRequest(prompt="a, 猫", seed=3, hires=None, steps=7)
    png = encode_png(np.zeros((8, 8, 3), np.uint8), write_infotext(request), request.model_dump_json())
    embedded = embedded_text(png)
    assert embedded.infotext == write_infotext(request)
    fields = fields_of(embedded)
    assert fields is not None
    assert GenerationRequest.parse(fields.values) == request


def test_a_broken_request_gives_way_to_the_infotext() -> None:
    fields = fields_of(Embedded(infotext=TEXT, request_json="{broken"))
    assert fields is not None
    assert fields.values["seed"] == 5


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("international", [False, True])
def test_every_kind_of_text_of_a_png_is_read(zipped: bool, international: bool) -> None:
    info = PngInfo()
    text = TEXT if international else LATIN
    (info.add_itxt if international else info.add_text)("parameters", text, zip=zipped)
    assert embedded_text(_file("PNG", pnginfo=info)).infotext == text


def test_a_text_after_the_pixels_is_read() -> None:
    png = _file("PNG")
    chunk = b"tEXt" + b"parameters\0" + LATIN.encode("latin-1")
    late = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    assert embedded_text(png[:-12] + late + png[-12:]).infotext == LATIN


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "PNG"])
@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + TEXT.encode("utf-16-be"),
        b"UNICODE\0" + TEXT.encode("utf-16-le"),
        b"UNICODE\0" + TEXT.encode("utf-16"),
        b"\0" * 8 + TEXT.encode(),
        TEXT.encode(),
    ],
)
def test_the_comment_of_the_user_is_read_in_every_container_and_order(kind: str, order: str, comment: bytes) -> None:
    assert embedded_text(_file(kind, exif=_exif(comment, order))).infotext == TEXT


def test_a_comment_in_ascii_is_read() -> None:
    plain = TEXT.encode("ascii", "ignore")
    assert embedded_text(_file("JPEG", exif=_exif(b"ASCII\0\0\0" + plain))).infotext == plain.decode()


def test_a_jpeg_holds_a_comment_up_to_the_cap_of_64_kb_and_one_cut_off_gives_what_is_there() -> None:
    text = "x" * 30_000 + TEXT[6:]
    jpeg = _file("JPEG", exif=_exif(b"UNICODE\0" + text.encode("utf-16-be")))
    assert embedded_text(jpeg).infotext == text
    cut = embedded_text(jpeg[:20_000]).infotext
    assert cut is not None
    assert set(cut) == {"x"}


def test_comments_of_gif_and_jpeg_files_are_read() -> None:
    assert embedded_text(_file("GIF", comment=TEXT.encode())).infotext == TEXT
    assert embedded_text(_file("JPEG", comment=TEXT.encode())).infotext == TEXT
    frames = [Image.new("P", (9, 9), colour) for colour in range(3)]
    assert embedded_text(_file("GIF", comment=b"abc", save_all=True, append_images=frames)).infotext == "abc"


def test_comfyuis_graph_is_found_in_its_places() -> None:
    graph = json.dumps({"1": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 9, "latent_image": ["2", 0]}}})
    webp = _file("WEBP", exif=_exif(b"", model="prompt:" + graph, make="workflow:{}"))
    for content in (_png(prompt=graph, workflow="{}"), webp):
        embedded = embedded_text(content)
        assert embedded.comfy_prompt == graph
        fields = fields_of(embedded)
        assert fields is not None
        assert fields.values["seed"] == 5


def test_a_comment_that_is_no_infotext_gives_way_to_the_graph() -> None:
    graph = json.dumps({"1": {"class_type": "KSampler", "inputs": {"seed": 5, "latent_image": ["2", 0]}}})
    fields = fields_of(Embedded(infotext="made with love", comfy_prompt=graph))
    assert fields is not None
    assert fields.values["seed"] == 5


def test_invokeais_and_novelais_texts_are_found() -> None:
    for content in (
        _png(invokeai_metadata='{"positive_prompt": "x", "seed": 3}'),
        _png(Software="NovelAI", Comment='{"uc": "", "prompt": "x", "seed": 3}'),
    ):
        fields = fields_of(embedded_text(content))
        assert fields is not None
        assert (fields.values["prompt"], fields.values["seed"]) == ("x", 3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF"])
def test_a_file_without_parameters_has_none(kind: str) -> None:
    embedded = embedded_text(_file(kind))
    assert embedded == Embedded()
    assert fields_of(embedded) is None


def test_a_text_that_unpacks_to_too_much_is_left_out_and_the_next_is_read() -> None:
    info = PngInfo()
    info.add_text("bomb", "x" * (MAX_TEXT_BYTES + 1), zip=True)
    info.add_text("parameters", LATIN, zip=True)
    assert embedded_text(_file("PNG", pnginfo=info)).infotext == LATIN


def _samples() -> list[bytes]:
    exif = _exif(b"UNICODE\0" + TEXT.encode("utf-16-be"))
    kinds = [_file(kind, exif=exif) for kind in ("JPEG", "WEBP", "AVIF", "PNG")]
    return [*kinds, _png(parameters=TEXT), _file("GIF", comment=TEXT.encode())]


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_damaged_files_never_raise(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(_SAMPLES)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(0, len(content))) :]
    fields_of(embedded_text(bytes(content)))


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"GIF89a", b"\0\0\0 ftypavif", b"text"],
)
def test_a_beginning_alone_has_nothing(content: bytes) -> None:
    assert embedded_text(content) == Embedded()


_SAMPLES = _samples()
