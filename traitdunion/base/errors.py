"""
What the product says no with.

    Refusal             a rule of the programme or of the State says no; shown as it is
    ├── MoveRefused     this thing is not in a state from which it may move there
    ├── NotAllowed      this person may not
    └── NotFound        no such thing for this person
"""


class Refusal(Exception):
    """
    One clear sentence in the reader's language: what, where, what to do. Never a child's name.
    """

    status = 409

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else self.__class__.__name__


class MoveRefused(Refusal):
    """The thing is not in a state from which this move is possible."""


class NotAllowed(Refusal):
    """The person may not do that."""

    status = 403


class NotFound(Refusal):
    """Nothing of that name, for this person."""

    status = 404
