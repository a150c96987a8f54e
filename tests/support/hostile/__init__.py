"""Texts that cost a careless reader its time, its memory or its stack; importing the package hangs all of them."""

from support.hostile import claims, faults, symbols, unknowns, uses, values  # noqa: F401
