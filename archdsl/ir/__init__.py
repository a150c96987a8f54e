"""Floor 3: sizes, shapes and the network as a tree. Pure data; nothing here knows a layer."""
