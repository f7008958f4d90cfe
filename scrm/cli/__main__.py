"""`python -m scrm.cli`, for where the console script is not on PATH."""

from scrm.cli import main

main(prog_name="scrm")
