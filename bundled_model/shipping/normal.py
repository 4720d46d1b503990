"""Measures the normal range of the model's pictures in latent space, for the file beside its weights."""

import tempfile
from pathlib import Path

from webui.engine.normal_pictures import NORMAL_FILE, Measuring, normal_requests
from webui.engine.point_walks import PointTools, PointWalks
from webui.engine.worker_hooks import WorkerHooks
from webui.exploring.normal_range import NormalRange
from webui.extensions.host import ExtensionHost
from webui.extensions.sides import Side
from webui.library.inputs import InputStore
from webui.model_manager.kept_json import keep
from webui.model_manager.loading.load_model import exhausted
from webui.model_manager.manager import ModelManager


def measure_normal_range(model: Path, seeds: int) -> NormalRange:
    """The range by so many pictures of each plain prompt; it is written beside the model's weights.

    Args:
        model: its folder, in the folder `checkpoints` of a models folder.
        seeds: how many pictures of each prompt.
    """
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        manager = ModelManager(models_dirs=(model.resolve().parents[1],), data_dir=data_dir)
        loaded = exhausted(manager.load(model.name))
        hooks = WorkerHooks(ExtensionHost(Side.WORKER))
        tools = PointTools(inputs=InputStore(data_dir), embeddings=lambda name: None, hooks=hooks)
        requests = normal_requests(loaded.entry, seeds=seeds)
        measuring = Measuring([], requests, PointWalks(tools), lambda: loaded)
        while (found := measuring.call()) is None:
            pass
    keep(model / NORMAL_FILE, found.as_json())
    return found
