"""Upscalers of extensions, which run in the worker: a picture is put among the inputs, and the worker asked for it."""

from collections.abc import Mapping
from io import BytesIO

import numpy as np
from PIL import Image

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.engine.looks import LookEnlarge, Wanted
from webui.imaging.strips import encode_picture
from webui.server.recording_views import MODEL_SECONDS
from webui.server.sdapi.enlarging import ByExtension, Size


class ExtensionUpscalers:
    """Asks the worker of an engine. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def asked_by(self, principal: Principal, still_wanted: Wanted) -> ByExtension:
        """What enlarges a picture for somebody who may hang up; it counts among the pictures that they brought."""

        def enlarge(picture: Image.Image, upscaler: str, size: Size) -> Image.Image:
            kept = self._engine.keep_picture(encode_picture(np.asarray(picture), "png"), principal.owner).id
            question = LookEnlarge(
                picture=kept, upscaler=upscaler, width=size[0], height=size[1], version=self._version(upscaler)
            )
            answered = self._engine.look(question, MODEL_SECONDS, still_wanted)
            with Image.open(BytesIO(answered.parts[0]), formats=("PNG",)) as image:
                return image.convert("RGB")

        return enlarge

    def _version(self, upscaler: str) -> str:
        """What tells apart the files of the extension that has the upscaler."""
        extensions = self._engine.extensions
        hashes: Mapping[str, str] = {
            row["name"]: extensions.store.record(card.name).tree_hash
            for card in extensions.cards()
            if extensions.is_on(card.name)
            for row in extensions.brings(card.name).upscalers
        }
        return hashes.get(upscaler, "")
