"""The version of the package, a literal, so that nothing is looked up at start."""

VERSION = "0.1.0"
