"""Whether programs still run."""

import psutil


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or only its number is left because nobody has asked for its end yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
