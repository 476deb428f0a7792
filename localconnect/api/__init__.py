"""The HTTP API of the ``connect`` service, as far as localconnect runs it: point boto3's client at it, and it works.

    boto3.client("connect", endpoint_url="http://127.0.0.1:8800")

model.py        which operation a request is for: botocore's own model of the service says it
wire.py         a request as the operation's parameters, an answer or an error as HTTP
operations.py   which operations there are; answers one of them
service.py      what they work on
errors.py       what an operation can say instead of answering
paging.py       MaxResults and NextToken
idempotency.py  ClientToken
searching.py    SearchCriteria
resources.py    what the operations on the instance's resources have in common
contact_fields.py, contact_descriptions.py
                what operations on contacts are given, and how they tell of one

The rest are the operations: functions named like them, from the parameters to the answer, a file a resource.

What the API creates or changes is kept in memory only: the template stays as it is, and the next start reads it again.
A changed flow is that of the next call that enters it. Signatures are not checked.
"""

from localconnect.api.service import Service
from localconnect.api.wire import respond

__all__ = ["Service", "respond"]
