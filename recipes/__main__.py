"""`python -m recipes`: the same as the command `recipes`."""

from recipes.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
