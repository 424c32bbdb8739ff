"""What callers rely on in a Space, and what became of it: a pure comparison.

`sign_app` takes down an app's endpoints and their signatures; `compare` says what has
changed since then; a `Contract` carries calls across the changes, or stops them.
"""

from anyspace.contract._carry import Contract
from anyspace.contract._compare import Change, Comparison, compare
from anyspace.contract._signatures import (
    AppSignature,
    EndpointSignature,
    OutputSignature,
    ParameterSignature,
    sign_app,
    type_in_words,
)

__all__ = [
    "AppSignature",
    "Change",
    "Comparison",
    "Contract",
    "EndpointSignature",
    "OutputSignature",
    "ParameterSignature",
    "compare",
    "sign_app",
    "type_in_words",
]
