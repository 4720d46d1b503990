import pytest

from tests.server.server_process import Server


def test_an_infotext_gives_fields_and_notes(server: Server) -> None:
    settings = "Steps: 9, Sampler: Euler a, CFG scale: 4, Seed: 5, Model: elsewhere, Token merging ratio: 0.5"
    text = f"a boat\nNegative prompt: fog\n{settings}"
    answer = server.client.post("/api/v1/infotext", json={"text": text})
    assert answer.status_code == 200
    read = answer.json()
    fields = read["fields"]
    assert (fields["prompt"], fields["negative_prompt"], fields["steps"], fields["sampler"]) == (
        "a boat", "fog", 9, "Euler a",
    )  # fmt: skip
    assert "model" not in fields
    assert read["notes"] == [
        "There is nothing here for: Token merging ratio.",
        "The model 'elsewhere' is not here, so it was left out.",
    ]
    assert read["left_over"]["Token merging ratio"] == "0.5"


def test_comfyuis_graph_is_read_too(server: Server) -> None:
    graph = '{"1": {"class_type": "KSampler", "inputs": {"seed": 5, "latent_image": ["2", 0]}}}'
    assert server.client.post("/api/v1/infotext", json={"text": graph}).json()["fields"]["seed"] == 5


@pytest.mark.parametrize("body", ["", "[]", "{", '{"text": 1}', "{}", "[" * 100_000])
def test_a_request_without_a_text_is_told(server: Server, body: str) -> None:
    answer = server.client.post("/api/v1/infotext", content=body)
    assert answer.status_code == 422
    assert answer.json()["field"] in ("text", "request")


def test_half_a_character_does_not_break_the_answer(server: Server) -> None:
    answer = server.client.post("/api/v1/infotext", content='{"text": "a\\ud800"}')
    assert answer.json()["fields"]["prompt"] == "a?"
