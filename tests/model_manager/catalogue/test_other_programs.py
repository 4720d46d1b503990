from pathlib import Path

from webui.model_manager.catalogue.other_programs import HUB_CACHE, found_folders


def test_folders_of_other_programs_are_found_where_people_keep_them(tmp_path: Path) -> None:
    (tmp_path / "ComfyUI" / "models").mkdir(parents=True)
    (tmp_path / "ai" / "stable-diffusion-webui" / "models").mkdir(parents=True)
    (tmp_path / "Fooocus").mkdir()  # without models
    (tmp_path / ".cache" / "huggingface" / "hub").mkdir(parents=True)
    found = {told["program"]: told["folder"] for told in found_folders(tmp_path)}
    assert found == {
        "A1111": str(tmp_path / "ai" / "stable-diffusion-webui"),
        "ComfyUI": str(tmp_path / "ComfyUI"),
        HUB_CACHE: str(tmp_path / ".cache" / "huggingface" / "hub"),
    }


def test_what_is_looked_through_already_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "ComfyUI" / "models").mkdir(parents=True)
    assert found_folders(tmp_path, known=[str(tmp_path / "ComfyUI" / "models")]) == []
    assert found_folders(tmp_path, known=[str(tmp_path / "ComfyUI")]) == []
