"""`python -m archdsl`."""

from archdsl.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
