"""Calls of other libraries, `Name(arguments)`, read by their own signatures, and the lines that they are."""
