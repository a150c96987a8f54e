"""Holes: numbers that the author does not know, found from the claims. Loaded only for texts that have a `?`.

`find` says where they stand, `segments` which claims are near, `trial` tries numbers, `search` looks for those of one
hole, `choose` says which hole comes next, `solve` goes through them, `answer` puts them in and says what was found.
"""
