import gradio as gr
import pytest

from tests.ui.stand_ins import StandInCatalogue, StandInEngine
from webui.ui.controls import Controls
from webui.ui.page import build_page


@pytest.fixture
def engine() -> StandInEngine:
    return StandInEngine()


@pytest.fixture
def catalogue() -> StandInCatalogue:
    return StandInCatalogue()


@pytest.fixture
def controls(catalogue: StandInCatalogue) -> Controls:
    return Controls(catalogue)


@pytest.fixture(scope="session")
def page() -> gr.Blocks:
    return build_page(StandInEngine(), StandInCatalogue())
