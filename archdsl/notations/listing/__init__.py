"""Lecture listings: the lines of slides, blog posts and READMEs, read to the tree that a spec gives."""
