"""The network and its faults as something that is read: tables, JSON, verdicts, differences."""
