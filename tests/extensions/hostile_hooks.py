"""Extensions that pass the look before they are enabled and do harm in the hooks that are called later."""

from dataclasses import replace

from tests.extensions.hostile import Hostile, implementing

CONTROLS = """
@hookimpl
def register_controls():
    return [Slider(name="amount", label="Amount", minimum=0, maximum=1, step=0.1, default=0.5)]
"""
ERRORS = {
    "exception": "ValueError('boom in HOOK')",
    "system_exit": "SystemExit('boom in HOOK')",
    "interrupt": "KeyboardInterrupt('boom in HOOK')",
    "recursion": "RecursionError('boom in HOOK')",
    "memory": "MemoryError('boom in HOOK')",
    "generator_exit": "GeneratorExit('boom in HOOK')",
}


NOTHING = "return [] if 'HOOK'.startswith('register') and 'HOOK' != 'register_routes' else None"
"""What a hook answers that brings nothing."""


def _raises(kind: str, error: str) -> Hostile:
    body = f"if lies():\n    raise {error}\n{NOTHING}"
    return Hostile(name=f"raises_{kind}", web=implementing("web", body), worker=implementing("worker", body))


RAISE_EVERYWHERE = tuple(_raises(kind, error) for kind, error in ERRORS.items())
"""Each implements every hook of both processes and raises its error in all of them, once enabled."""

WRONG_VALUES = {
    "text": "'HOOK'",
    "number": "7",
    "object": "object()",
    "nested": "[[[]]]",
    "class": "int",
    "awaitable": "type('Odd', (), {'__await__': lambda self: iter(())})()",
    "generator": "(None for _ in range(3))",
}


def _answers(kind: str, value: str) -> Hostile:
    body = f"if lies():\n    return {value}\n{NOTHING}"
    silent = ("startup", "shutdown")
    web = implementing("web", body, without=silent)
    return Hostile(name=f"answers_{kind}", web=web, worker=implementing("worker", body, without=silent))


ANSWER_WRONGLY = tuple(_answers(kind, value) for kind, value in WRONG_VALUES.items())
"""Each implements every hook and answers with a value of a wrong type, once enabled."""

PREDICTION = "@hookimpl\ndef wrap_prediction(prediction, latents, step):\n    {}\n"
LATENTS = "@hookimpl\ndef process_latents(latents):\n    {}\n"
FINISH = "@hookimpl\ndef finish_image(image):\n    {}\n"
REQUEST = "@hookimpl\ndef prepare_request(request):\n    return {}\n"

NONSENSE = (
    Hostile(name="wrong_shape", worker=PREDICTION.format("return prediction[:, :1]"), says="shape"),
    Hostile(name="broadcast_shape", worker=PREDICTION.format("return prediction[:1, :, :1, :1]"), says="shape"),
    Hostile(name="wrong_dtype", worker=PREDICTION.format("return prediction.double()"), says="."),
    Hostile(name="whole_numbers", worker=PREDICTION.format("return prediction.long()"), says="."),
    Hostile(name="not_numbers", worker=PREDICTION.format("return prediction * float('nan')"), says="number|finite|NaN"),
    Hostile(name="nowhere", worker=PREDICTION.format("return prediction.to('meta')"), says="device|meta"),
    Hostile(name="array_prediction", worker=PREDICTION.format("return prediction.float().numpy()"), says="tensor"),
    Hostile(name="latents_shape", worker=LATENTS.format("return latents[0]"), says="shape"),
    Hostile(name="latents_nan", worker=LATENTS.format("return latents / 0"), says="number|finite|NaN"),
    Hostile(name="no_picture", worker=FINISH.format("return 'picture'"), says="picture|image"),
    Hostile(name="array_picture", worker=FINISH.format("import numpy; return numpy.zeros((4, 4, 3))"), says="picture"),
    Hostile(name="no_pixel", worker=FINISH.format("return image.crop((0, 0, 0, 0))"), says="pixel"),
    Hostile(name="closed_picture", worker=FINISH.format("image.close(); return image"), says="."),
    Hostile(
        name="endless_picture",
        worker=FINISH.format("from PIL import Image; return Image.new('1', (20_000, 20_000))"),
        says="large|size|pixels",
    ),
    Hostile(name="unknown_field", web=REQUEST.format("{'no_such_field': 1}"), says="no_such_field"),
    Hostile(name="bad_steps", web=REQUEST.format("{'steps': -5}"), says="steps"),
    Hostile(name="bad_width", web=REQUEST.format("{'width': float('nan')}"), says="width"),
    Hostile(name="bad_prompt", web=REQUEST.format("{'prompt': 'x' * 10_000_000}"), says="prompt"),
    Hostile(name="bad_extras", web=REQUEST.format("{'extras': {'a': {'b': object()}}}"), says="extras"),
    Hostile(name="bad_model", web=REQUEST.format("{'model': '../../etc/passwd'}"), says="model|passwd"),
    Hostile(
        name="bad_infotext",
        worker=(
            "@hookimpl\ndef write_infotext(request):\n"
            "    return {'Steps': '1', 'a: b\\nSeed: 9': object(), 'x': 'y' * 10_000_000}\n"
        ),
        says=".",
    ),
)  # fmt: skip
"""Values of the right kind that cannot be used: the sentence names what is wrong with them."""

MUTATING = (
    Hostile(name="scales_prediction", worker=PREDICTION.format("prediction.mul_(0.9)")),
    Hostile(name="clears_latents", worker=PREDICTION.format("latents.zero_()")),
    Hostile(
        name="clears_in_step",
        worker="@hookimpl\ndef on_step(step, clean):\n    clean().zero_()\n",
    ),
    Hostile(name="scales_start", worker=LATENTS.format("latents.mul_(0.9)")),
    Hostile(name="paints_over", worker=FINISH.format("image.paste((255, 0, 0), (0, 0, *image.size))")),
    Hostile(
        name="changes_request",
        web="@hookimpl\ndef prepare_request(request, values):\n    object.__setattr__(request, 'steps', 1)\n",
    ),
    Hostile(
        name="changes_values",
        web=CONTROLS + "@hookimpl\ndef prepare_request(request, values):\n    values['amount'] = 99\n",
        says="assign|item",
    ),
)
"""These change what they were given instead of returning something new."""

GOOD_NEIGHBOUR = Hostile(
    name="neighbour",
    web=CONTROLS + "@hookimpl\ndef prepare_request(values): return {'negative_prompt': f'kind {values[\"amount\"]}'}\n",
    worker="""
        CALLS = {"on_step": 0, "wrap_prediction": 0, "process_latents": 0}

        @hookimpl
        def on_step(step):
            CALLS["on_step"] += 1

        @hookimpl
        def wrap_prediction(prediction):
            CALLS["wrap_prediction"] += 1

        @hookimpl
        def process_latents(latents):
            CALLS["process_latents"] += 1

        @hookimpl
        def finish_image(image):
            image = image.copy()
            image.putpixel((0, 0), (1, 2, 3))
            return image
    """,
)  # fmt: skip
"""An honest one beside them: its mark must be in every picture."""


def quiet_at_start(hostile: Hostile) -> Hostile:
    """The same one, well behaved in `startup` and at its end, so that it is there for the other hooks."""
    sources = {}
    for side in ("web", "worker"):
        source = getattr(hostile, side)
        for head in ("def startup(context):", "def shutdown():"):
            source = source.replace(f"{head}\n    if lies():", f"{head}\n    if False:") if source else source
        sources[side] = source
    return replace(hostile, **sources)


def killer(name: str, *, side: str, hook: str, how: str) -> Hostile:
    """Ends its process in a hook, or never comes back: `how` is "exit", "segfault", "kill" or as `hang` says."""
    call = "die" if how in ("exit", "segfault", "kill") else "hang"
    if hook == "import":
        source = f"if lies():\n    {call}('{how}')\n"
    else:
        body = f"if lies():\n    {call}('{how}')\n{NOTHING}"
        source = implementing(side, body, only=[hook])
    return Hostile(name=name, web=source if side == "web" else None, worker=source if side == "worker" else None)
