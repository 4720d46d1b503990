from types import SimpleNamespace

import pytest
import torch

from webui.model_manager.memory import model_memory
from webui.model_manager.memory.memory_policy import MemoryPlan, Placement
from webui.model_manager.memory.model_memory import ModelMemory

CPU = torch.device("cpu")
_NOTHING = SimpleNamespace(hooks={})


def _parts() -> dict[str, torch.nn.Module]:
    torch.manual_seed(0)
    layers = [torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.GELU()) for _ in range(3)]
    return {"transformer": torch.nn.Sequential(*layers), "text_encoder": torch.nn.Linear(4, 4)}


def _memory(parts: dict[str, torch.nn.Module]) -> ModelMemory:
    return ModelMemory(parts, device=CPU, make_room=lambda: False)


@pytest.mark.parametrize("placement", [Placement.GROUP, Placement.SEQUENTIAL])
@torch.inference_mode()
def test_what_is_fetched_computes_the_same_and_leaves_nothing_behind(placement: Placement) -> None:
    parts = _parts()
    inputs = torch.ones(2, 4)
    expected = parts["transformer"](inputs)
    memory = _memory(parts)
    memory.carry_out(MemoryPlan(placement=placement, fetched=frozenset(parts)))
    assert torch.equal(parts["transformer"](inputs), expected)
    memory.carry_out(MemoryPlan())
    assert not [each for each in parts["transformer"].modules() if getattr(each, "_diffusers_hook", _NOTHING).hooks]
    assert torch.equal(parts["transformer"](inputs), expected)


def test_weights_that_are_where_they_should_be_are_not_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    placed: list[MemoryPlan] = []
    monkeypatch.setattr(model_memory, "place", lambda parts, plan, device: placed.append(plan))
    memory = _memory(_parts())
    for _ in range(3):
        memory.carry_out(MemoryPlan())
    assert len(placed) == 1
    memory.put_away()
    memory.carry_out(MemoryPlan())
    assert len(placed) == 2


def test_where_there_is_no_room_after_all_less_is_put_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    def place(parts: object, plan: MemoryPlan, device: torch.device) -> None:
        if plan.placement is not Placement.SEQUENTIAL:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(model_memory, "place", place)
    memory = ModelMemory(_parts(), device=torch.device("cuda"), make_room=lambda: False)
    memory.settle(MemoryPlan())
    assert memory.plan.placement is Placement.SEQUENTIAL


def test_other_errors_are_not_mistaken_for_a_lack_of_memory() -> None:
    memory = _memory(_parts())
    with pytest.raises(RuntimeError, match="shapes"):
        memory.attempt(lambda: (_ for _ in ()).throw(RuntimeError("shapes do not match")))
    assert memory.plan == MemoryPlan()
