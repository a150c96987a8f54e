"""The exit statuses of the command, which `docs/commands.md` lists."""

HOLDS, FOUND, UNUSABLE = 0, 1, 2
INTERRUPTED, NOBODY_READS = 130, 141  # as a shell reports a program that a signal ended: 128 + SIGINT, 128 + SIGPIPE
