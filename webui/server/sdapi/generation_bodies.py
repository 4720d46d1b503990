"""What is posted to txt2img and img2img: A1111's names, defaults and leniency.

Defaults are those of A1111's API, which are not those of its page: 50 steps, and of inpainting fill, only masked and a
padding of 0. Keys that are not listed are dropped, and null means the default, as clients send both.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_ARGUMENTS = 500


class Body(BaseModel):
    """Base of everything that is posted."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, protected_namespaces=())

    @model_validator(mode="before")
    @classmethod
    def _null_is_the_default(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value is not None}


class AlwaysOnScript(Body):
    """The arguments of a script that takes part without being chosen."""

    args: list[Any] | dict[str, Any] = Field(default=[], max_length=MAX_ARGUMENTS)


class Generation(Body):
    """What txt2img and img2img have in common."""

    prompt: str = ""
    negative_prompt: str = ""
    styles: list[str] = Field(default=[], max_length=50)
    seed: int = -1
    subseed: int = -1
    subseed_strength: float = 0.0
    seed_resize_from_h: int = -1
    seed_resize_from_w: int = -1
    sampler_name: str | None = None
    scheduler: str | None = None
    sampler_index: str = "Euler"
    batch_size: int = 1
    n_iter: int = 1
    steps: int = 50
    cfg_scale: float = 7.0
    distilled_cfg_scale: float | None = None
    width: int = 512
    height: int = 512
    restore_faces: bool = False
    tiling: bool = False
    do_not_save_samples: bool = False
    do_not_save_grid: bool = False
    eta: float | None = None
    denoising_strength: float = 0.75
    s_min_uncond: float = 0.0
    s_churn: float = 0.0
    s_tmax: float = 0.0
    s_tmin: float = 0.0
    s_noise: float = 1.0
    override_settings: dict[str, Any] = {}
    override_settings_restore_afterwards: bool = True
    refiner_checkpoint: str | None = None
    refiner_switch_at: float | None = None
    disable_extra_networks: bool = False
    force_task_id: str | None = Field(default=None, max_length=200)
    script_name: str | None = None
    script_args: list[Any] = Field(default=[], max_length=MAX_ARGUMENTS)
    send_images: bool = True
    save_images: bool = False
    alwayson_scripts: dict[str, AlwaysOnScript] = {}
    infotext: str | None = None


class TextToImage(Generation):
    """`POST txt2img`."""

    enable_hr: bool = False
    firstphase_width: int = 0
    firstphase_height: int = 0
    hr_scale: float = 2.0
    hr_upscaler: str | None = None
    hr_second_pass_steps: int = 0
    hr_resize_x: int = 0
    hr_resize_y: int = 0
    hr_checkpoint_name: str | None = None
    hr_sampler_name: str | None = None
    hr_scheduler: str | None = None
    hr_prompt: str = ""
    hr_negative_prompt: str = ""
    hr_cfg: float | None = None
    firstpass_image: str | None = None


class ImageToImage(Generation):
    """`POST img2img`; with a mask it is inpainting."""

    init_images: list[str] = Field(default=[], max_length=8)
    resize_mode: int = Field(default=0, ge=0, le=3)
    image_cfg_scale: float | None = None
    mask: str | None = None
    mask_blur: int | None = None
    mask_blur_x: int = 4
    mask_blur_y: int = 4
    mask_round: bool = True
    inpainting_fill: int = Field(default=0, ge=0, le=3)
    inpaint_full_res: bool = True
    inpaint_full_res_padding: int = 0
    inpainting_mask_invert: int = Field(default=0, ge=0, le=1)
    initial_noise_multiplier: float | None = None
    include_init_images: bool = False
