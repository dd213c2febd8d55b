"""What the driving scripts share: a client, refusals that are asserted, steps that report."""

import json
import os
import sys
import time
import urllib.request
import uuid

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

SUFFIX = uuid.uuid4().hex[:8]
client = MlflowClient()


def raises(code, call):
    """Returns the message of the refusal with this error code; fails when the call goes through."""
    try:
        call()
    except MlflowException as error:
        assert error.error_code == code, f"{error.error_code} instead of {code}: {error}"
        return str(error)
    raise AssertionError(f"expected {code}, but the call went through")


def eventually(check, seconds=60):
    """Waits until `check` is true."""
    deadline = time.time() + seconds
    while not check():
        assert time.time() < deadline, "it never became true"
        time.sleep(0.3)


def slipway(method, path, body=None):
    """Calls Slipway's own API in the workspace `default` with the token of the client."""
    request = urllib.request.Request(
        f"{os.environ['MLFLOW_TRACKING_URI']}/api/slipway/v1/w/default{path}", method=method, data=None if body is None else json.dumps(body).encode(),
        headers={"authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}", "content-type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def unprotect_production():
    """Revises the policy of production so that any version may take its stage and aliases, as a maintainer may decide."""
    document = slipway("GET", "/environments/production/policy")["document"]
    slipway("PUT", "/environments/production/policy", {**document, "protects": {"aliases": [], "stages": []}})


def run_steps(steps):
    """Runs the steps in order, or those named on the command line; prints one line for each, and stops at the first that fails."""
    assert os.environ.get("MLFLOW_TRACKING_URI"), "MLFLOW_TRACKING_URI is not set"
    wanted = sys.argv[1:]
    print(f"mlflow {mlflow.__version__}", flush=True)
    for step in steps:
        if wanted and step.__name__ not in wanted:
            continue
        start = time.time()
        step()
        print(f"ok {step.__name__} {time.time() - start:.1f} s", flush=True)
    print("ok all", flush=True)
