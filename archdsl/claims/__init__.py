"""What the author says of a network, held against what is derived."""
