"""Who a request acts for: a role, and whose things are touched."""

from dataclasses import dataclass

from webui.access.roles import Role

GUEST_PREFIX = "guest:"
"""What the owner of everybody begins with who came by a link."""


@dataclass(frozen=True)
class Principal:
    """Somebody who is let in.

    `owner`: whose things they make and see; "" is the house, which owns what nobody else does. Accounts are
    "account:NAME", guests "guest:RANDOM", other web pages "page:ORIGIN". `name`: as people read it. `link`: the id of
    the public link that they came by. `at_this_machine`: whether they sit at the computer that the server runs on.
    """

    role: Role
    owner: str
    name: str = ""
    link: str = ""
    at_this_machine: bool = False

    def __post_init__(self) -> None:
        if not self.sees_everything and not self.owner:
            raise ValueError("the house's things are those of administrators alone")

    @property
    def sees_everything(self) -> bool:
        """Whether other people's things are theirs to see, too."""
        return self.role is Role.ADMIN

    @property
    def scope(self) -> str | None:
        """The owner whose things are listed for them; None lists everybody's."""
        return None if self.sees_everything else self.owner


HOUSE = Principal(Role.ADMIN, "", at_this_machine=True)
"""Whoever sits at this machine where no login is asked; the command line, too."""
