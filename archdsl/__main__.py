"""`python -m archdsl`."""

try:
    from archdsl.cli.main import main
except KeyboardInterrupt:
    raise SystemExit(130) from None  # INTERRUPTED of archdsl.cli.status, which may not be there yet

if __name__ == "__main__":
    raise SystemExit(main())
