"""The operations that flows may ask for: each takes a call and answers a flat map of strings.

``Result`` is what a flow compares; ``Speech`` is what it says. Whoever adds one adds its name to ``OPERATIONS``.
"""

from collections.abc import Callable

from chalicelib import customers, trading
from chalicelib.customers.rules import is_account_number, is_pin
from chalicelib.platform.clock import business_day, now
from chalicelib.platform.settings import holdings_a_page
from chalicelib.voice.amending import amend_order, find_amendable, preview_amendment
from chalicelib.voice.call import Answer, Call, proof
from chalicelib.voice.history import order_story, orders_history
from chalicelib.voice.keypad import decrypt, entry_id, not_an_entry, whole_number
from chalicelib.voice.orders import market_kinds, place_order, preview_order
from chalicelib.voice.paging import read_page
from chalicelib.voice.password import change_pin, check_new_pin, check_old_pin
from chalicelib.voice.placed_orders import cancel_order, find_order, orders_today
from chalicelib.voice.quotes import read_quote
from chalicelib.voice.speech import name, say
from chalicelib.voice.statements import choose_email, choose_fax, choose_statement, preview_statement, request_statement
from chalicelib.voice.tickets import (
    choose_category,
    offer_categories,
    rate_call,
    rate_ticket,
    register_complaint,
    ticket_status,
)
from chalicelib.voice.trades import trades_today
from chalicelib.voice.transfers import preview_transfer, read_bank_password, transfer, transfers_today
from chalicelib.voice.voicemail import voicemail_begin, voicemail_drop, voicemail_end


def read_account(call: Call) -> Answer:
    """AccountNumber (sealed) -> Result ok | none | back | invalid, and AccountKey, under which the account is kept.

    Says nothing of whether there is such an account: that would let anyone find out which numbers exist.
    """
    keys = decrypt(call.parameter("AccountNumber"))
    if not is_account_number(keys):
        return {"Result": not_an_entry(keys)}
    return {"Result": "ok", "AccountKey": customers.account_key(keys)}


def identify(call: Call) -> Answer:
    """AccountKey, Pin (sealed) -> Result ok | none | back | invalid | wrong | locked.

    With ok: CustomerId, AccountId, AccountKey, AccountTail, CustomerLevel and IdentityProof, for the flow to keep as
    attributes.
    """
    sealed = call.parameter("Pin")
    pin, key = decrypt(sealed), call.parameter("AccountKey")
    if not is_pin(pin):
        return {"Result": not_an_entry(pin), "AccountKey": key}
    attempt = entry_id(call.contact_id, sealed)
    caller = customers.identify(key, pin, attempt=attempt, today=business_day(now()))
    if isinstance(caller, str):
        return {"Result": caller}
    return {
        "Result": "ok",
        "CustomerId": caller.customer_id,
        "CustomerLevel": caller.level,
        "AccountId": caller.account_id,
        "AccountKey": key,
        "AccountTail": caller.account_tail,
        "IdentityProof": proof(call.contact_id, caller.account_id),
    }


def funds(call: Call) -> Answer:
    """-> Speech: cash, withdrawable, market value."""
    wealth = trading.funds(call.account_id())
    return {"Result": "ok", "Speech": say(call.language, "funds", **wealth._asdict())}


def holdings(call: Call) -> Answer:
    """Page (from 1; past the last comes the first) -> Speech, Result more | last | empty, and NextPage."""
    page = trading.holdings(call.account_id(), whole_number(call.parameter("Page")), holdings_a_page())
    lines = [
        say(
            call.language,
            "holdings.line",
            name=name(quote.names, call.language),
            quantity=holding.quantity,
            sellable=holding.sellable,
        )
        for holding, quote in page.lines
    ]
    return read_page(call.language, "holdings", page.page, page.pages, lines)


def find_security(call: Call) -> Answer:
    """Code -> Result ok | unknown, and Speech: its name and last price, or that there is none."""
    code = call.parameter("Code")
    quote = trading.find_security(code) if code.isdigit() else None
    if quote is None:
        return {"Result": "unknown", "Speech": say(call.language, "refused.unknown")}
    said = say(call.language, "security", name=name(quote.names, call.language), price=quote.last_price)
    return {"Result": "ok", "Speech": said}


OPERATIONS: dict[str, Callable[[Call], Answer]] = {
    operation.__name__: operation
    for operation in (
        read_account,
        identify,
        check_old_pin,
        check_new_pin,
        change_pin,
        funds,
        holdings,
        find_security,
        read_quote,
        market_kinds,
        preview_order,
        place_order,
        orders_today,
        find_order,
        cancel_order,
        find_amendable,
        preview_amendment,
        amend_order,
        trades_today,
        orders_history,
        order_story,
        choose_statement,
        choose_email,
        choose_fax,
        preview_statement,
        request_statement,
        preview_transfer,
        read_bank_password,
        transfer,
        transfers_today,
        offer_categories,
        choose_category,
        register_complaint,
        ticket_status,
        rate_ticket,
        rate_call,
        voicemail_begin,
        voicemail_end,
        voicemail_drop,
    )
}
