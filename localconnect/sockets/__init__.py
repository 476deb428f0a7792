"""The WebSockets of the phone page and of the agent's panel, and what is said on them."""
