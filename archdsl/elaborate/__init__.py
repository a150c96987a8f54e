"""Tree to network, statement by statement."""
