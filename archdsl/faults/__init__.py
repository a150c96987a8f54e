"""How a fault on its way becomes one diagnostic, and when a check must end."""
