"""The tables of the flow language, one for each of the API Reference's families of actions.

Where a page is older than the service, or the service is known to differ from it, the comment says so: what the
console exports and CreateContactFlow takes goes before what the page says.
"""
