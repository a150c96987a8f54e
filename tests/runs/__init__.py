"""Each kind in PyTorch, a file for each family, with none of the package's rules.

`Runs` has a function `kind(judge, path, x, ...)` for each kind, found by its name in small letters.
"""
