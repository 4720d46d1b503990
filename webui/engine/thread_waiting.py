"""How the threads of a computation wait for each other. Set before torch is imported, or before a worker is started."""

import os


def let_threads_sleep() -> None:
    """Let OpenMP's threads sleep while they wait for each other, unless the user has said otherwise.

    By default they spin, which gains little on an idle machine; but where a browser and this server share the cores
    with them, a step takes several times as long (measured on 2 busy cores: 1,258 ms against 243 ms).
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
