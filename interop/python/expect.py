"""What a step checks: values, refusals with their google.rpc details, and things to come."""

import contextlib
import time

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

DETAILS = {
    message.DESCRIPTOR.full_name: message
    for message in (
        error_details_pb2.BadRequest,
        error_details_pb2.ErrorInfo,
        error_details_pb2.PreconditionFailure,
    )
}


def check(what):
    """Says what is checked next."""
    print(f"  - {what}", flush=True)


def same(got, wanted):
    """Fails unless both are equal."""
    if got != wanted:
        raise AssertionError(f"expected {wanted!r}, got {got!r}")


@contextlib.contextmanager
def refused(code):
    """Catches a refusal of this code, and gives its details by the name of their type."""
    details = {}
    try:
        yield details
    except grpc.RpcError as error:
        same(error.code(), code)
        status = rpc_status.from_call(error)  # fails when it disagrees with the trailers
        for packed in status.details if status else ():
            name = packed.TypeName()
            details[name.removeprefix("google.rpc.")] = DETAILS[name].FromString(packed.value)
    else:
        raise AssertionError(f"expected {code}, but the call succeeded")


def within(seconds, what, ask):
    """Asks until the answer is not empty, and returns it."""
    until = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > until:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.1)
    return answer
