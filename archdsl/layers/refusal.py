"""A rule of a kind that does not hold, as an exception; where its words were written is known elsewhere."""

from __future__ import annotations

from archdsl.typed import Any


class Refusal(Exception):
    """A rule that does not hold. It blames an attribute or an input by name; where that was written is known elsewhere.

    `tries` are values that could mend it, `{attribute: value}` each; the first that the rules accept is shown as the
    hint.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        blame: str | int | None = None,
        tries: tuple[dict[str, Any], ...] = (),
        hint: str | None = None,
    ) -> None:
        self.code = code
        self.message = message
        self.blame = blame
        self.tries = tries
        self.hint = hint
        super().__init__(message)
