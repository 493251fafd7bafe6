"""Passwords and tokens that cannot slip into a text by accident."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret text. `repr`, `str` and every format of it are `***`; only `reveal` gives it away."""

    _value: str

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "***"

    def __str__(self) -> str:
        return "***"

    def __format__(self, _spec: str) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("A secret is not written anywhere.")
