"""What the tests share: texts, networks and specs to draw, and ways to look at an answer."""
