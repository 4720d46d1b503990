"""MP4 with H.264 in 4:2:0, which every browser and player shows; encoded by FFmpeg's libraries, which PyAV brings."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from PIL import Image

_X264 = {"crf": "16", "preset": "medium", "rc-lookahead": "12"}
"""At a rate factor below 18 hardly to be told from the original; looking ahead costs memory for each frame."""
_KEY_FRAME_EVERY = 12
"""Few enough that dragging through the film is quick."""
_THREADS = 2
"""Fixed, as the encoder's result depends on it."""


class Mp4Stream:
    """Takes RGB frames of one size; an odd side gets one pixel more, its last one again.

    Args:
        path: of the file.
        size: width and height of every frame, in pixels.
        comment: the infotext.
        fps: frames a second.
    """

    def __init__(self, path: Path, size: tuple[int, int], comment: str, fps: float) -> None:
        rate = Fraction(round(fps * 100), 100)
        # The table of frames comes first ("faststart"), so that a player can begin before it has the whole file.
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._container.metadata["comment"] = comment
        self._stream = self._container.add_stream("libx264", rate=rate, options=_X264)
        context = self._stream.codec_context
        context.width, context.height = (side + side % 2 for side in size)
        context.pix_fmt = "yuv420p"
        context.gop_size, context.thread_count = _KEY_FRAME_EVERY, _THREADS
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        self._rate = rate
        self._frames = 0
        self._until = 0.0

    def add(self, frame: Image.Image, milliseconds: float) -> None:
        """One frame and how long it stays: in whole frames of the film, at least one."""
        self._until += milliseconds
        repeated = max(round(self._until / 1000 * self._rate) - self._frames, 1)
        pixels = np.asarray(frame)
        height, width = pixels.shape[:2]
        even = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        converted = av.VideoFrame.from_ndarray(even, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        for _ in range(repeated):
            converted.pts, converted.time_base = self._frames, 1 / self._rate
            self._container.mux(self._stream.encode(converted))
            self._frames += 1

    def finish(self) -> None:
        """Ends the film."""
        self._container.mux(self._stream.encode())

    def close(self) -> None:
        """Lets go of the file; what was begun is complete only after `finish`."""
        self._container.close()


def encode_mp4(frames: Sequence[Image.Image], *, fps: float, comment: str) -> bytes:
    """A film of RGB frames of one size, at least one, each shown equally long."""
    # A file with a name: the table of frames is put first by reading it again.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        stream = Mp4Stream(path, frames[0].size, comment, fps)
        try:
            for frame in frames:
                stream.add(frame, 1000 / fps)
            stream.finish()
        finally:
            stream.close()
        return path.read_bytes()
