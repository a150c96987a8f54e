"""The colours of code in the site, in the light and in the dark: few, and the same thing in the same colour."""

from __future__ import annotations

from pygments.style import Style
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, Punctuation, String, Token


def _styles(ink: str, faint: str, blue: str, green: str, red: str, amber: str, violet: str) -> dict[object, str]:
    return {
        Token: ink,
        Comment: f"italic {faint}",
        Keyword: violet,
        Keyword.Constant: amber,
        Keyword.Type: faint,
        Name.Function: f"bold {blue}",
        Name.Class: f"bold {blue}",
        Name.Builtin: blue,
        Name.Label: green,
        Name.Attribute: amber,
        Name.Variable: amber,
        Name.Exception: f"bold {amber}",
        Name.Namespace: blue,
        Name.Decorator: violet,
        Number: ink,
        Operator: faint,
        Operator.Word: violet,
        Punctuation: faint,
        String: green,
        Generic.Prompt: faint,
        Generic.Output: ink,
        Generic.Error: f"bold {red}",
        Generic.Strong: f"bold {ink}",
        Generic.Subheading: f"nobold {blue}",
        Generic.Inserted: green,
        Generic.Deleted: red,
    }


class Light(Style):
    """On a light ground; every colour has a contrast of 4.5 or more against it."""

    background_color = "#f6f8fa"
    styles = _styles("#1f2328", "#59636e", "#0550ae", "#116329", "#b3121d", "#8a4600", "#7435bd")


class Dark(Style):
    """On a dark ground."""

    background_color = "#161b22"
    styles = _styles("#d6dbe1", "#8b949e", "#79c0ff", "#7ee787", "#ff7b72", "#e3b341", "#d2a8ff")
