from pathlib import Path

from tests.engine.watched_walks import Wishes
from webui.engine.events import ImageDone
from webui.engine.generate import create
from webui.generation.infotext_reader import read_infotext
from webui.generation.request import GenerationRequest
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import Hashes
from webui.model_manager.named_models import with_known_model

REQUEST = GenerationRequest(prompt="the cat", seed=3, steps=1, width=64, height=64, model="tiny")


def test_a_picture_tells_its_models_hash_once_it_is_known_and_the_model_is_found_by_it(
    tiny_models_dir: Path, tmp_path: Path
) -> None:
    generator = create([tiny_models_dir], tmp_path)
    catalogue = Catalogue((tiny_models_dir,), tmp_path)

    def infotext() -> str:
        events = [event for event, _ in generator.run("job", REQUEST, Wishes())]
        return next(event.infotext for event in events if isinstance(event, ImageDone))

    assert "Model hash" not in infotext()
    sha256 = "0123456789" * 6 + "abcd"
    catalogue.learn_hashes(catalogue.find("tiny"), Hashes(sha256=sha256, autov2=sha256[:10]))
    told = infotext()
    assert "Model hash: 0123456789, Model: tiny" in told
    read = with_known_model(read_infotext(told.replace("Model: tiny", "Model: renamed")), catalogue)
    assert read.values["model"] == "tiny"
