"""Every hook that an extension can implement, in one list. The reference page is made of these docstrings.

An implementation may take fewer arguments than are listed here, by their names. `values` are the extension's own: what
the request says for its controls, with the defaults of those that it leaves out.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PIL import Image
from pluggy import HookimplMarker, HookspecMarker

from webui.extensions.contributions import (
    CliCommand,
    ExtensionContext,
    NewFamily,
    Preprocessor,
    PromptSyntax,
    SavedImage,
    StepInfo,
    Tab,
    Theme,
    WalkInfo,
)
from webui.extensions.controls import Control, Scalar
from webui.generation.offered import NewSampler, NewSchedule, Upscaler
from webui.generation.plot_axes import AxisType
from webui.generation.request import GenerationRequest

if TYPE_CHECKING:
    import torch
    from fastapi import APIRouter

PROJECT = "darkroom"
hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)


class HookSpecs:
    """The hooks, by the name of what they are called for."""

    @hookspec
    def startup(self, context: ExtensionContext) -> None:
        """Begin: keep the context, open what is needed later.

        Called:
            Once, right after the file was loaded: when the program starts, when the extension is enabled, and in the
            worker whenever a new worker starts.
        Process:
            Web and worker, each for its own file; before anything else is called in that process.
        Arguments:
            context: the extension's name, folder, data folder, settings and log.
        Returns:
            Nothing.
        None:
            The only answer.
        Errors:
            The extension is not used in that process until the next start; its card says why.
        Example:
            @hookimpl
            def startup(context):
                context.log.info("ready, with %s", dict(context.settings))
        """

    @hookspec
    def shutdown(self) -> None:
        """End: close what `startup` opened.

        Called:
            Once, before the process ends or the extension is disabled. Not when the process is killed.
        Process:
            Web and worker, each for its own file.
        Arguments:
            None.
        Returns:
            Nothing.
        None:
            The only answer.
        Errors:
            They are written into the log; the process ends all the same.
        Example:
            @hookimpl
            def shutdown():
                connection.close()
        """

    @hookspec
    def register_settings(self) -> Sequence[Control]:  # type: ignore[empty-body]
        """Say what people can set for good, on the extension's card.

        Called:
            When the extension is enabled, in a process of its own that tries it out.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Controls. Their values are in `context.settings`, by name.
        None:
            No settings.
        Errors:
            The extension is not enabled; its card says why.
        Example:
            @hookimpl
            def register_settings():
                return [Text("service", "Address of the service", default="http://127.0.0.1:9000")]
        """
        ...

    @hookspec
    def register_controls(self) -> Sequence[Control]:  # type: ignore[empty-body]
        """Say what people can choose for each picture: the page draws it, the API and the command line know it.

        Called:
            When the extension is enabled, in a process of its own that tries it out.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Controls. Their values travel in `request.extras[name of the extension]` and come as `values` to the hooks.
        None:
            No controls.
        Errors:
            The extension is not enabled; its card says why.
        Example:
            @hookimpl
            def register_controls():
                return [Slider("amount", "Amount of grain", 0.0, 1.0, 0.05, default=0.0)]
        """
        ...

    @hookspec
    def register_tabs(self) -> Sequence[Tab]:  # type: ignore[empty-body]
        """Add tabs to the page, made of files in `assets/`.

        Called:
            When the extension is enabled, in a process of its own that tries it out.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Tabs. They are there from the next reload of the page.
        None:
            No tabs.
        Errors:
            The extension is not enabled; its card says why.
        Example:
            @hookimpl
            def register_tabs():
                return [Tab(name="travel", label="Prompt travel", html="travel.html", script="travel.js")]
        """
        ...

    @hookspec
    def register_themes(self) -> Sequence[Theme]:  # type: ignore[empty-body]
        """Add colours that people can choose in the settings.

        Called:
            When the extension is enabled, in a process of its own that tries it out.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Themes: values of the page's CSS variables, for the light and for the dark page.
        None:
            No themes.
        Errors:
            The extension is not enabled; its card says why.
        Example:
            @hookimpl
            def register_themes():
                return [Theme(name="sepia", label="Sepia", light={"--dk-amber": "#8a5a2b"})]
        """
        ...

    @hookspec
    def register_routes(self, context: ExtensionContext) -> "APIRouter":  # type: ignore[empty-body]
        """Add addresses to the server, below /api/v1/extensions/<name>/routes/.

        Called:
            When the extension is enabled (to try it out) and when it is loaded. The server's guard (password, hosts,
            origins) stands before them as before all others.
        Process:
            Web.
        Arguments:
            context: as for `startup`.
        Returns:
            A router of FastAPI. Plain functions are run in threads; never wait in an `async` one.
        None:
            No addresses.
        Errors:
            None of its addresses are there; its card says why.
        Example:
            @hookimpl
            def register_routes(context):
                router = APIRouter()

                @router.get("/count")
                def count() -> dict[str, int]:
                    return {"pictures": 3}

                return router
        """
        ...

    @hookspec
    def register_cli(self) -> Sequence[CliCommand]:  # type: ignore[empty-body]
        """Add commands to the command line: `python -m webui x <extension> <command>`.

        Called:
            When the extension is enabled (to try it out), and by `python -m webui x`.
        Process:
            Web; a command runs in the process of the command line.
        Arguments:
            None.
        Returns:
            Commands as data, each with the function that does it.
        None:
            No commands.
        Errors:
            The command line names the extension and ends with status 1.
        Example:
            @hookimpl
            def register_cli():
                return [CliCommand(name="count", help="Counts pictures.", run=lambda options, context: 0)]
        """
        ...

    @hookspec
    def prepare_request(self, request: GenerationRequest, values: Mapping[str, Scalar]) -> Mapping[str, Any] | None:
        """Change what is asked for, before the job is accepted.

        Called:
            For each request, once its values are known to be good; before seeds are drawn and the job is queued.
        Process:
            Web, in the thread that accepts the job.
        Arguments:
            request: what is asked for; it is frozen.
            values: of this extension's controls.
        Returns:
            The fields to change, by name. The request is judged again with them. Two extensions that change one field
            to different values are an error that names both.
        None:
            Nothing to change.
        Errors:
            InvalidRequest is told to the person, who has asked for something that cannot be. After any other the job is
            accepted as if the extension were not there, and its card says why.
        Example:
            @hookimpl
            def prepare_request(request, values):
                if values["sharp"]:
                    return {"prompt": request.prompt + ", sharp focus"}
        """

    @hookspec
    def register_prompt_syntax(self) -> Sequence[PromptSyntax]:  # type: ignore[empty-body]
        """Add something to write in prompts.

        Called:
            When the extension is loaded; `resolve` once for each prompt and negative prompt of each picture, before
            brackets and weights are read. One after the other, in the order of the extensions.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            None.
        Returns:
            Syntaxes. `resolve(text, picture)` gives the text with it replaced; the same text and picture (its seed, its
            place in the job) must give the same.
        None:
            No syntax.
        Errors:
            InvalidRequest from `resolve` is told to the person. After any other error the text stays as it was.
        Example:
            @hookimpl
            def register_prompt_syntax():
                def resolve(text, picture):
                    return text.replace("<number>", str(picture.index + 1))

                return [PromptSyntax(name="number", resolve=resolve)]
        """
        ...

    @hookspec
    def register_samplers(self) -> Sequence[NewSampler]:  # type: ignore[empty-body]
        """Add ways to walk, in the list of samplers.

        Called:
            When the extension is enabled (to try it out) and when a worker starts.
        Process:
            Worker.
        Arguments:
            None.
        Returns:
            Samplers: a row for the list, and what makes a scheduler in diffusers' form.
        None:
            No samplers.
        Errors:
            None of its samplers are there. A name that is taken is an error.
        Example:
            @hookimpl
            def register_samplers():
                return [NewSampler(name="My Euler", make=MyScheduler, note="As Euler, but mine.")]
        """
        ...

    @hookspec
    def register_schedules(self) -> Sequence[NewSchedule]:  # type: ignore[empty-body]
        """Add ways to space noise levels, in the list of schedule types.

        Called:
            When the extension is enabled (to try it out) and when a worker starts; `sigmas` when a walk is planned.
        Process:
            Worker.
        Arguments:
            None.
        Returns:
            Schedules. `sigmas(steps, sigma_min, sigma_max)` gives `steps` noise levels that fall, and the 0 after them.
        None:
            No schedules.
        Errors:
            None of its schedules are there. A job whose levels cannot be made fails and names the extension.
        Example:
            @hookimpl
            def register_schedules():
                def sigmas(steps, low, high):
                    return [*(high + (low - high) * i / max(steps - 1, 1) for i in range(steps)), 0.0]

                return [NewSchedule(name="Even", sigmas=sigmas, note="Evenly spaced noise levels.")]
        """
        ...

    @hookspec
    def register_families(self) -> Sequence[NewFamily]:  # type: ignore[empty-body]
        """Add kinds of models.

        Called:
            When the extension is enabled (to try it out) and when a worker starts; `family` for each model.
        Process:
            Worker.
        Arguments:
            None.
        Returns:
            Families: what each can do, which pipelines it stands for, and how it is made of its parts.
        None:
            No families.
        Errors:
            None of its families are there. A model that cannot be made is unusable, and the sentence says why.
        Example:
            @hookimpl
            def register_families():
                parts = {"unet": ("UNet2DModel",)}
                return [NewFamily(name="mine", label="Mine", family=Mine, pipelines=("MyPipeline",), parts=parts)]
        """
        ...

    @hookspec
    def register_upscalers(self) -> Sequence[Upscaler]:  # type: ignore[empty-body]
        """Add ways to enlarge pictures, for the second pass.

        Called:
            When the extension is enabled (to try it out) and when a worker starts; `upscale` for each picture.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            None.
        Returns:
            Upscalers. `upscale(picture, width, height)` gives an RGB picture of exactly that size in pixels.
        None:
            No upscalers.
        Errors:
            None of its upscalers are there. A picture that it cannot enlarge is enlarged by Lanczos; a note says so.
        Example:
            @hookimpl
            def register_upscalers():
                def upscale(picture, width, height):
                    return picture.resize((width, height), Image.Resampling.BICUBIC)

                return [Upscaler(name="Bicubic", upscale=upscale)]
        """
        ...

    @hookspec
    def register_preprocessors(self) -> Sequence[Preprocessor]:  # type: ignore[empty-body]
        """Add ways to prepare a given picture: edges, depth, poses.

        Called:
            When the extension is enabled (to try it out) and when a worker starts; `process` for each picture.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            None.
        Returns:
            Preprocessors. `process(picture, values)` gives an RGB picture.
        None:
            No preprocessors.
        Errors:
            None of its preprocessors are there. A picture that cannot be prepared is an error that names the extension.
        Example:
            @hookimpl
            def register_preprocessors():
                return [Preprocessor(name="Negative", process=lambda picture, values: ImageOps.invert(picture))]
        """
        ...

    @hookspec
    def register_plot_axes(self) -> Sequence[AxisType]:  # type: ignore[empty-body]
        """Add parameters that an X/Y/Z plot can vary.

        Called:
            When the extension is enabled (to try it out) and when it is loaded; the functions when a plot is planned.
        Process:
            Web.
        Arguments:
            None.
        Returns:
            Axes.
        None:
            No axes.
        Errors:
            None of its axes are there. ValueError from `read` and `change` is told to the person.
        Example:
            @hookimpl
            def register_plot_axes():
                def change(fields, value):
                    extras = dict(fields.get("extras", {}))
                    fields["extras"] = extras | {"film_grain": dict(extras.get("film_grain", {})) | {"amount": value}}

                return [AxisType(name="Grain", read=lambda entries: [float(each) for each in entries], change=change)]
        """
        ...

    @hookspec
    def write_infotext(self, request: GenerationRequest, values: Mapping[str, Scalar]) -> Mapping[str, str]:  # type: ignore[empty-body]
        """Add fields to the infotext that a picture carries.

        Called:
            For each finished picture, before it is written.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            request: of that picture alone, with its own seed.
            values: of this extension's controls.
        Returns:
            Fields, name to text. Names that the infotext has already are left as they are.
        None:
            No fields.
        Errors:
            The picture is written without them; the extension's card says why.
        Example:
            @hookimpl
            def write_infotext(request, values):
                return {"Grain": f"{values['amount']:g}"} if values["amount"] else {}
        """
        ...

    @hookspec
    def read_infotext(self, fields: Mapping[str, str]) -> Mapping[str, Any] | None:
        """Understand fields of an infotext, for example those of another program.

        Called:
            For each infotext that is read, with all of its fields.
        Process:
            Web.
        Arguments:
            fields: as they stand in the infotext, name to text.
        Returns:
            Fields of a request, as for `prepare_request`; what the infotext's reader found itself stays.
        None:
            Nothing is understood.
        Errors:
            The infotext is read without the extension; its card says why.
        Example:
            @hookimpl
            def read_infotext(fields):
                if "Grain" in fields:
                    return {"extras": {"film_grain": {"amount": float(fields["Grain"])}}}
        """

    @hookspec
    def image_saved(self, image: SavedImage, values: Mapping[str, Scalar]) -> None:
        """See each picture that was written.

        Called:
            After a picture and its record are in the library.
        Process:
            Web, in the thread that writes pictures.
        Arguments:
            image: its id, its file, its request and infotext, its sides in pixels. Do not change the file: its name is
                that of its bytes.
            values: of this extension's controls.
        Returns:
            Nothing.
        None:
            The only answer.
        Errors:
            The picture stays; the extension's card says why.
        Example:
            @hookimpl
            def image_saved(image):
                shutil.copy(image.path, "/mnt/frame/latest.png")
        """

    @hookspec
    def wrap_prediction(
        self, prediction: "torch.Tensor", latents: "torch.Tensor", step: StepInfo, values: Mapping[str, Scalar]
    ) -> "torch.Tensor | None":
        """Change what the model predicts, after guidance and before the sampler moves.

        Called:
            For each call of the model, one extension after the other. What it returns is what is recorded, so that
            a recorded picture can be replayed without the extension.
        Process:
            Worker, in the thread that makes pictures, under `torch.inference_mode`.
        Arguments:
            prediction: (batch, channels, height / 8, width / 8), guided, of the kind that the model predicts.
            latents: x_t before the move, of the same shape, as the sampler holds them.
            step: where the walk is.
            values: of this extension's controls.
        Returns:
            A prediction of the same shape, dtype and device; do not change the given one in place.
        None:
            The prediction stays.
        Errors:
            The prediction stays, a note names the extension, and after three errors it rests until the next start.
            After 30 seconds the worker is started anew and the job goes on without the extension.
        Example:
            @hookimpl
            def wrap_prediction(prediction, step, values):
                if step.index < step.total // 2:
                    return prediction * values["strength"]
        """

    @hookspec
    def on_step(self, step: StepInfo, clean: "Callable[[], torch.Tensor]", values: Mapping[str, Scalar]) -> None:
        """See each step of a walk.

        Called:
            After each move of the sampler.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            step: where the walk is.
            clean: computes the x0 that the model points at: (batch, channels, height / 8, width / 8), float32. Call it
                only where it is needed.
            values: of this extension's controls.
        Returns:
            Nothing.
        None:
            The only answer.
        Errors:
            As for `wrap_prediction`.
        Example:
            @hookimpl
            def on_step(step):
                log.info("step %d of %d at sigma %.2f", step.index + 1, step.total, step.sigma)
        """

    @hookspec
    def process_latents(
        self, latents: "torch.Tensor", walk: WalkInfo, values: Mapping[str, Scalar]
    ) -> "torch.Tensor | None":
        """Change the latents that a pass begins with.

        Called:
            Once for each pass (the first one, the second one of the hires fix), before its first step and before it is
            recorded, one extension after the other.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            latents: (batch, channels, height / 8, width / 8), with the noise of the first level.
            walk: the pass.
            values: of this extension's controls.
        Returns:
            Latents of the same shape, dtype and device.
        None:
            The latents stay.
        Errors:
            As for `wrap_prediction`.
        Example:
            @hookimpl
            def process_latents(latents, walk, values):
                return latents.flip(-1) if values["mirrored"] else None
        """

    @hookspec
    def finish_image(
        self, image: Image.Image, request: GenerationRequest, seed: int, values: Mapping[str, Scalar]
    ) -> Image.Image | None:
        """Change a finished picture, before it is written.

        Called:
            For each picture (each frame of a film), one extension after the other.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            image: RGB.
            request: what the picture was made from.
            seed: of this picture.
            values: of this extension's controls.
        Returns:
            An RGB picture; its size may differ.
        None:
            The picture stays.
        Errors:
            The picture stays, and a note names the extension. After 30 seconds as for `wrap_prediction`.
        Example:
            @hookimpl
            def finish_image(image, values):
                return ImageOps.grayscale(image).convert("RGB") if values["grey"] else None
        """
