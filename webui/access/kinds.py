"""The kinds of things that belong to somebody."""

from enum import StrEnum


class Kind(StrEnum):
    """What an id in an address, or in a request, names."""

    JOB = "job"
    SERIES = "series"
    PICTURE = "picture"
    TRAJECTORY = "trajectory"
    INPUT = "input"
    """A picture that somebody brought to start from."""
    FORWARD = "forward"
    """A forward diffusion that somebody looked at."""
    POINTS = "points"
    """Pictures of points of latent space that somebody looked at."""
    LATENTS = "latents"
    """A picture's latents that somebody looked at, as they were after some edits."""
