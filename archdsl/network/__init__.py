"""The network as a tree with shapes: its nodes and the ways through them."""
