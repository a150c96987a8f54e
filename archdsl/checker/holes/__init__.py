"""Holes: numbers that the author does not know, found from the claims. Loaded only for texts that have a `?`.

`reading.holes` says where they stand, `segments` which claims are near, `trial` tries numbers, `equations` notes what
comes of them, `search` looks for the numbers of one hole, `choose` says which hole comes next, `solve` goes through
them within an `allowance`. `obstacles`, `reach` and `survey` find what is wrong whatever the numbers are, `settle` goes
on in spite of it, and `beside` reports it. `told` and `pins` say what was found, `symbolic` what leaves a size symbolic
instead, and `answer` puts the numbers in.
"""
