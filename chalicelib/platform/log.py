"""One structured logger. What it is given is what it writes: never hand it an event, only named, harmless fields."""

from aws_lambda_powertools import Logger

logger = Logger(service="brokerline")
