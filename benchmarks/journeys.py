"""How much quicker the frames of a journey are than single pictures, in one run: they walk several at a time."""

import statistics
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.figure import Figure
from benchmarks.served import Served, served
from webui.exploring.journey import frames
from webui.generation.journey import Journey
from webui.generation.request import GenerationRequest

PROMPTS = ("a sailboat on the sea at sunset", "a lighthouse at night", "a castle on a hill", "a house in a meadow")
FRAMES, STEPS = 12, 20
"""Frames from one stop to the next; with the loop four times as many in all."""
SINGLES = 6
"""Single pictures before the journey, and as many after it, so that what else the machine does falls on both."""
RATE = 1.4


def measure() -> list[Figure]:
    """A loop of four stops with the bundled model, and frames of it by themselves, from acceptance to saved."""
    stops = [{"prompt": prompt, "seed": seed, "frames": FRAMES} for seed, prompt in enumerate(PROMPTS, 1)]
    journey, shared = Journey.model_validate({"stops": stops, "loop": True}), GenerationRequest(steps=STEPS)
    between = [frame.request for frame in frames(shared, journey) if frame.stop is None]
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server:
        _single(server, between[0])  # which loads the model
        singles = [_single(server, request) for request in between[:SINGLES]]
        frame = _travel(server, {"stops": stops, "loop": True, "request": {"steps": STEPS}}) / journey.frame_count
        singles += [_single(server, request) for request in between[-SINGLES:]]
    single = statistics.mean(singles)
    return [
        Figure(name="a single picture of a journey (mean of 12)", value=single, unit="s"),
        Figure(name=f"a frame of a journey of {journey.frame_count} (mean)", value=frame, unit="s"),
        Figure(name="a frame of the journey over a single picture", value=frame / single, unit="x", goal=1 / RATE),
    ]


def _single(server: Served, request: GenerationRequest) -> float:
    done = server.finished(server.submit(**request.model_dump(mode="json")))
    return done["finished"] - done["created"]


def _travel(server: Served, journey: dict[str, object]) -> float:
    journeys = f"{server.address}/api/v1/explore/journeys"
    series = httpx.post(journeys, json=journey, timeout=30).raise_for_status().json()["id"]
    while (told := httpx.get(f"{server.address}/api/v1/series/{series}", timeout=30).json())["status"] == "running":
        time.sleep(0.5)
    assert told["status"] == "done", told
    return told["finished"] - told["created"]
