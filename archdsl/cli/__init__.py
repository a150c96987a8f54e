"""The shell's way in: commands, their options, streams and exit statuses."""
