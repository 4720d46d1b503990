"""What libraries say while they are imported, which nobody can do anything about. Called before torch is imported."""

import logging
import os

_TALKERS = ("torchao", "torch.utils._pytree")
"""Loggers that tell at import which parts of them were built for other devices."""


def keep_imports_quiet() -> None:
    """Let libraries tell of errors alone while they are imported, unless the user has said otherwise."""
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    for name in _TALKERS:
        logging.getLogger(name).setLevel(logging.ERROR)
