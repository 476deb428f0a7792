"""Settings come from the environment that the template gives each function; only table names are read at import."""

import os


def required(name: str) -> str:
    """The value of the environment variable ``name``. Raises RuntimeError naming it where the template forgot it."""
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"The environment variable {name} is not set: add it to the function in infra/app.yaml.")
    return value


def table_name(table: str) -> str:
    """The physical name of ``table`` ("CUSTOMERS" -> $CUSTOMERS_TABLE).

    A function that may not touch a table is not told its name; models are imported all the same, so a missing name
    is only an error when the table is used: DynamoDB then refuses the name.
    """
    return os.environ.get(f"{table}_TABLE", f"{table}-table-not-granted")


def pin_attempts_a_day() -> int:
    """Wrong phone passwords that lock an account for the rest of the day (PIN_ATTEMPTS_A_DAY, default 5)."""
    return int(os.environ.get("PIN_ATTEMPTS_A_DAY", "5"))


def holdings_a_page() -> int:
    """Holdings read out before the caller is asked to press on (HOLDINGS_A_PAGE, default 3)."""
    return int(os.environ.get("HOLDINGS_A_PAGE", "3"))


def orders_a_page() -> int:
    """Orders read out before the caller is asked to press on (ORDERS_A_PAGE, default 3)."""
    return int(os.environ.get("ORDERS_A_PAGE", "3"))


def transfers_a_page() -> int:
    """Bank transfers read out before the caller is asked to press on (TRANSFERS_A_PAGE, default 3)."""
    return int(os.environ.get("TRANSFERS_A_PAGE", "3"))


def transfer_window_seconds() -> int:
    """How long a request may be on its way to the bank (TRANSFER_WINDOW_SECONDS, default 120).

    The bank is asked to void one that it knows nothing of after that, and not before.
    """
    return int(os.environ.get("TRANSFER_WINDOW_SECONDS", "120"))


def bank_password_attempts_a_day() -> int:
    """Wrong passwords in a day that lock an account at the practice bank (BANK_PASSWORD_ATTEMPTS_A_DAY, default 3)."""
    return int(os.environ.get("BANK_PASSWORD_ATTEMPTS_A_DAY", "3"))
