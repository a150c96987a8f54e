"""One text with the files that it uses: declarations, what words mean where, holes."""
