"""Passwords and tokens that cannot slip into a text by accident."""

from typing import Final


class Secret:
    """A secret text. `repr`, `str` and every format of it are `***`; only `reveal` gives it away.

    No dataclass: what writes those as JSON or copies them field by field would write it too. Do not change one.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value: Final = value

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other.reveal()

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return "***"

    def __str__(self) -> str:
        return "***"

    def __format__(self, _spec: str) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("A secret is not written anywhere.")
