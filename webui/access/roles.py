"""What kinds of people there are. A larger role may do all that a smaller one may."""

from enum import IntEnum


class Role(IntEnum):
    """How much somebody may do; compared by size."""

    VIEWER = 1
    """Looks on: sees what is being made while a link is open."""
    GUEST = 2
    """Makes pictures and sees the own ones."""
    USER = 3
    """Everything but administration, with own things."""
    ADMIN = 4
    """Everything, and everybody's things."""
