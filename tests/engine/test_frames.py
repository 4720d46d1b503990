from webui.engine.frames import FrameStore


def test_frames_are_found_at_their_places() -> None:
    frames = FrameStore()
    urls = frames.put("a", 0, 3, (b"one", b"two"))
    assert urls == ["/api/v1/jobs/a/frames/0/3/0.jpg", "/api/v1/jobs/a/frames/0/3/1.jpg"]
    assert frames.get("a", 0, 3, 1) == b"two"
    assert frames.get("a", 0, 3, 2) is None
    assert frames.get("b", 0, 3, 0) is None


def test_only_the_last_jobs_are_kept() -> None:
    frames = FrameStore(max_jobs=2)
    for job in "abc":
        frames.put(job, 0, 1, (b"x",))
    assert [frames.get(job, 0, 1, 0) for job in "abc"] == [None, b"x", b"x"]


def test_the_oldest_frames_go_when_there_are_too_many_bytes() -> None:
    frames = FrameStore(max_bytes=100)
    for step in range(1, 30):
        frames.put("a", 0, step, (bytes(10),))
    kept = [step for step in range(1, 30) if frames.get("a", 0, step, 0)]
    assert kept == list(range(20, 30))


def test_a_frame_put_twice_counts_once() -> None:
    frames = FrameStore(max_bytes=100)
    for _ in range(50):
        frames.put("a", 0, 1, (bytes(60),))
    frames.put("a", 0, 2, (bytes(40),))
    assert frames.get("a", 0, 1, 0) is not None
    assert frames.get("a", 0, 2, 0) is not None
