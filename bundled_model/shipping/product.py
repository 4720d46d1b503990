"""Drives the program itself, without its server: what ships is measured and shown as people will use it."""

from pathlib import Path

from PIL import Image

from webui.engine.point_walks import PointTools, PointWalks
from webui.engine.worker_hooks import WorkerHooks
from webui.extensions.host import ExtensionHost
from webui.extensions.sides import Side
from webui.generation.request import GenerationRequest
from webui.library.inputs import InputStore
from webui.model_manager.loading.load_model import exhausted
from webui.model_manager.manager import LoadedModel, ModelManager


class Product:
    """The program with one model in memory.

    Args:
        model: its folder, in the folder `checkpoints` of a models folder.
        data_dir: where pictures that others start from are kept.
    """

    def __init__(self, model: Path, data_dir: Path) -> None:
        self.inputs = InputStore(data_dir)
        manager = ModelManager(models_dirs=(model.resolve().parents[1],), data_dir=data_dir)
        self.loaded: LoadedModel = exhausted(manager.load(model.name))
        hooks = WorkerHooks(ExtensionHost(Side.WORKER))
        self.walks = PointWalks(PointTools(inputs=self.inputs, embeddings=lambda name: None, hooks=hooks))

    def make(self, request: GenerationRequest) -> list[Image.Image]:
        """The pictures (RGB) of a request.

        Raises:
            WebUIError: it does not fit the model, or only a job can do it.
        """
        walk = self.walks.begin(request, lambda: self.loaded)
        while (made := walk.call()) is None:
            pass
        return [each.picture for each in made]
