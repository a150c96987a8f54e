"""How lines of each kind are drawn, a file for each family: `Draws` has a method `_kind` for each kind with values."""
