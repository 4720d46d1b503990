"""The engine with everything that it needs, for whoever owns a data folder: the server, and `webui series`."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from webui.engine.engine import GENERATOR, Engine
from webui.engine.instance_lock import InstanceLock
from webui.extensions.extensions import Extensions
from webui.library.library import Library
from webui.model_manager.catalogue import Catalogue
from webui.settings import Settings


@contextmanager
def opened_engine(settings: Settings, *, generator_factory: str = GENERATOR) -> Iterator[Engine]:
    """An engine that has its data folder, not yet started; everything is stopped and closed afterwards.

    Args:
        settings: everything that can be chosen.
        generator_factory: what makes the generator in the worker.

    Raises:
        StartFailed: another process has the data folder.
        StorageUnavailable: it cannot be made.
    """
    with ExitStack() as stack:
        library = Library(settings.data_dir)
        stack.callback(library.close)
        lock = InstanceLock(settings.data_dir)
        lock.acquire()  # before extensions are loaded: one process at a time watches them
        stack.callback(lock.release)
        extensions = Extensions(settings)
        stack.callback(extensions.close)
        engine = Engine(
            settings, Catalogue(settings.models_dirs, settings.data_dir), library,
            generator_factory=generator_factory, extensions=extensions, lock=lock,
        )  # fmt: skip
        stack.callback(engine.stop)
        yield engine
