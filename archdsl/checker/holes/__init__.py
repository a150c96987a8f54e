"""Holes: numbers that the author does not know, found from the claims. Loaded only for texts that have a `?`.

`find` says where they stand, `segments` which claims are near, `trial` tries numbers, `equations` notes what comes of
them, `search` looks for the numbers of one hole, `choose` says which hole comes next, `solve` goes through them,
`elsewhere` finds a fault that is not theirs, `answer` puts the numbers in and says what was found.
"""
