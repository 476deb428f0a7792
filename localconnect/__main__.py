"""`python -m localconnect COMMAND`."""

from localconnect.cli.commands import main

if __name__ == "__main__":
    main()
