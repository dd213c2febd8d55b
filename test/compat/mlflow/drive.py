"""Drives the unmodified MLflow client through Slipway's wire and asserts what it sees.

Reads MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN. Prints one line for each step; exits 1 at the first that fails.
"""

import math
import tempfile
import time
from pathlib import Path

import mlflow
import numpy as np
from mlflow.entities import Metric, Param, RunTag
from mlflow.models import infer_signature
from skl2onnx import to_onnx
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from support import SUFFIX, client, eventually, raises, run_steps

MODEL = f"compat-{SUFFIX}"
state = {}


def experiments():
    experiment = mlflow.set_experiment(f"compat {SUFFIX}")
    state["experiment"] = experiment.experiment_id
    assert client.get_experiment_by_name("no such experiment") is None
    assert client.get_experiment("0").name == "Default"
    raises("RESOURCE_ALREADY_EXISTS", lambda: client.create_experiment(f"compat {SUFFIX}"))
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.get_experiment("999999"))
    client.set_experiment_tag(experiment.experiment_id, "team", "risk")
    found = client.search_experiments(filter_string=f"name = 'compat {SUFFIX}' AND tags.team = 'risk'")
    assert [item.experiment_id for item in found] == [experiment.experiment_id]
    other = client.create_experiment(f"other {SUFFIX}", tags={"a": "b"})
    client.rename_experiment(other, f"renamed {SUFFIX}")
    client.delete_experiment(other)
    assert client.get_experiment(other).lifecycle_stage == "deleted"
    client.restore_experiment(other)
    assert client.get_experiment(other).name == f"renamed {SUFFIX}"


def runs():
    with mlflow.start_run(run_name="first", tags={"kind": "compat"}) as run:
        mlflow.log_params({"alpha": 0.5, "empty": "", "long": "x" * 7000})
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_metric("loss", 0.25, step=2, timestamp=2_000_000_000_000)
        mlflow.log_metric("loss", 0.25, step=2, timestamp=2_000_000_000_000)
        mlflow.log_metric("odd", float("nan"))
        mlflow.log_metric("odd", float("nan"))
        mlflow.log_metric("huge", float("inf"))
        mlflow.set_tag("a tag", "with: signs/…")
        mlflow.log_metrics({f"metric {index}": index / 7 for index in range(150)}, step=3)
        with mlflow.start_run(nested=True) as child:
            state["child"] = child.info.run_id
    state["run"] = run.info.run_id
    read = client.get_run(run.info.run_id)
    assert read.info.status == "FINISHED" and read.info.run_name == "first" and read.info.end_time >= read.info.start_time
    assert read.data.params["alpha"] == "0.5" and read.data.params["empty"] == "" and len(read.data.params["long"]) == 6000
    assert read.data.metrics["loss"] == 0.25 and math.isnan(read.data.metrics["odd"]) and read.data.metrics["huge"] > 1e300
    assert len(read.data.metrics) == 153 and read.data.tags["a tag"] == "with: signs/…"
    assert [(point.step, point.value) for point in client.get_metric_history(run.info.run_id, "loss")] == [(1, 0.5), (2, 0.25)]
    assert client.get_run(state["child"]).data.tags["mlflow.parentRunId"] == run.info.run_id
    assert client.get_run(state["child"]).info.run_name
    message = raises("INVALID_PARAMETER_VALUE", lambda: client.log_param(run.info.run_id, "alpha", "1"))
    assert "already logged" in message
    client.log_param(run.info.run_id, "alpha", "0.5")
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.get_run("0" * 32))
    client.update_run(run.info.run_id, name="renamed")
    assert client.get_run(run.info.run_id).data.tags["mlflow.runName"] == "renamed"
    client.delete_tag(run.info.run_id, "kind")
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.delete_tag(run.info.run_id, "kind"))
    client.delete_run(state["child"])
    assert client.get_run(state["child"]).info.lifecycle_stage == "deleted"
    raises("INVALID_PARAMETER_VALUE", lambda: client.log_metric(state["child"], "m", 1))
    client.restore_run(state["child"])


def batches():
    run = client.create_run(state["experiment"])
    now = int(time.time() * 1000)
    metrics = [Metric(f"m{index}", index, now, 0) for index in range(1000)]
    client.log_batch(run.info.run_id, metrics=metrics)
    client.log_batch(run.info.run_id, metrics=metrics)
    # A batch with one bad param leaves nothing behind.
    client.log_batch(run.info.run_id, params=[Param("p", "1")])
    raises("INVALID_PARAMETER_VALUE", lambda: client.log_batch(run.info.run_id, metrics=[Metric("late", 1, now, 0)], params=[Param("p", "2"), Param("q", "1")], tags=[RunTag("t", "1")]))
    read = client.get_run(run.info.run_id)
    assert len(read.data.metrics) == 1000 and "late" not in read.data.metrics and "q" not in read.data.params and "t" not in read.data.tags
    client.set_terminated(run.info.run_id, "FAILED")
    assert client.get_run(run.info.run_id).info.status == "FAILED"


def run_search():
    experiment = state["experiment"]
    made = []
    for index in range(5):
        run = client.create_run(experiment, run_name=f"search-{index}", tags={"group": "search"})
        client.log_metric(run.info.run_id, "score", index if index != 3 else float("nan"))
        client.log_param(run.info.run_id, "depth", str(index % 2))
        made.append(run.info.run_id)
    find = lambda text, order=None: [run.info.run_name for run in client.search_runs([experiment], text, order_by=order or ["attributes.run_name ASC"])]
    assert find("tags.group = 'search'") == [f"search-{index}" for index in range(5)]
    assert find("metrics.score > 1 AND params.depth = '0'") == ["search-2", "search-4"]
    assert find("tags.group = 'search'", ["metrics.score DESC"]) == ["search-4", "search-2", "search-1", "search-0", "search-3"]
    assert find("attributes.run_name LIKE 'search-%' AND params.`depth` != '0'") == ["search-1", "search-3"]
    assert find("run_name ILIKE 'SEARCH-4'") == ["search-4"]
    assert find("attributes.status = 'RUNNING' and tags.group = 'search' and metrics.score <= 0") == ["search-0"]
    assert find(f"attributes.run_id IN ('{made[0]}', '{made[4]}')") == ["search-0", "search-4"]
    assert find("metrics.score > 3 OR (metrics.score < 1 AND params.depth = '0')") == ["search-0", "search-4"]
    raises("INVALID_PARAMETER_VALUE", lambda: find("metrics.score >"))
    first = client.search_runs([experiment], "tags.group = 'search'", max_results=2, order_by=["run_name"])
    second = client.search_runs([experiment], "tags.group = 'search'", max_results=2, order_by=["run_name"], page_token=first.token)
    third = client.search_runs([experiment], "tags.group = 'search'", max_results=2, order_by=["run_name"], page_token=second.token)
    assert [run.info.run_name for page in (first, second, third) for run in page] == [f"search-{index}" for index in range(5)] and not third.token
    assert len(mlflow.search_runs([experiment], filter_string="tags.group = 'search'")) == 5


def datasets():
    with mlflow.start_run(run_name="data") as run:
        dataset = mlflow.data.from_numpy(np.arange(12.0).reshape(4, 3), name="numbers")
        mlflow.log_input(dataset, context="training")
        mlflow.log_input(dataset, context="training")
    inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert len(inputs) == 1 and inputs[0].dataset.name == "numbers" and inputs[0].tags[0].value == "training"
    assert [item.info.run_id for item in client.search_runs([state["experiment"]], "datasets.name = 'numbers'")] == [run.info.run_id]


def artifacts():
    run = client.create_run(state["experiment"]).info.run_id
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a b+c%.txt").write_text("first")
        (Path(folder) / "empty.bin").write_bytes(b"")
        (Path(folder) / "deep").mkdir()
        (Path(folder) / "deep" / "ü.json").write_text("{}")
        client.log_artifacts(run, folder, "files")
    client.log_text(run, "hello", "notes/hello.txt")
    client.log_dict(run, {"a": 1}, "notes/a.json")
    assert sorted((item.path, item.is_dir) for item in client.list_artifacts(run)) == [("files", True), ("notes", True)]
    assert sorted(item.path for item in client.list_artifacts(run, "files")) == ["files/a b+c%.txt", "files/deep", "files/empty.bin"]
    with tempfile.TemporaryDirectory() as folder:
        local = Path(client.download_artifacts(run, "files", folder))
        assert (local / "a b+c%.txt").read_text() == "first" and (local / "empty.bin").read_bytes() == b"" and (local / "deep" / "ü.json").read_text() == "{}"
    assert mlflow.artifacts.load_text(f"runs:/{run}/notes/hello.txt") == "hello"
    repository = mlflow.store.artifact.artifact_repository_registry.get_artifact_repository(client.get_run(run).info.artifact_uri)
    repository.delete_artifacts("notes")
    assert [item.path for item in client.list_artifacts(run)] == ["files"]


def trained():
    if "onnx" not in state:
        pixels, labels = load_digits(return_X_y=True)
        pixels = pixels.astype(np.float32)
        model = LogisticRegression(C=0.01, max_iter=300).fit(pixels, labels)
        state["sklearn"], state["pixels"] = model, pixels
        state["onnx"] = to_onnx(model, pixels[:1], options={"zipmap": False}, target_opset={"": 17, "ai.onnx.ml": 3})
    return state["onnx"], state["pixels"]


PINS = ["onnxruntime==1.30.0", "numpy"]


def log_model():
    model, pixels = trained()
    with mlflow.start_run(run_name="model") as run:
        mlflow.log_metric("accuracy", 0.9)
        mlflow.log_metric("odd", float("nan"))
        logged = mlflow.onnx.log_model(model, name="model", registered_model_name=MODEL, signature=infer_signature(pixels[:3]), pip_requirements=PINS)
    state["model_run"], state["logged"] = run.info.run_id, logged.model_id
    assert logged.registered_model_version == "1" or logged.registered_model_version == 1
    version = client.get_model_version(MODEL, "1")
    assert version.status == "READY" and version.run_id == run.info.run_id and version.version == "1"
    read = client.get_logged_model(logged.model_id)
    assert read.status.value == "READY" and read.metrics and read.metrics[0].key == "accuracy"
    assert read.tags["mlflow.modelVersions"]
    found = client.search_logged_models([state["experiment"]], filter_string="name = 'model' AND metrics.accuracy >= 0.9")
    assert logged.model_id in [item.model_id for item in found]
    assert [item.model_id for item in client.get_run(run.info.run_id).outputs.model_outputs] == [logged.model_id]


def load_model():
    _, pixels = trained()
    expected = state["sklearn"].predict(pixels[:5]).tolist()
    for uri in (f"models:/{MODEL}/1", f"models:/{state['logged']}", f"runs:/{state['model_run']}/model", f"models:/{MODEL}/latest"):
        loaded = mlflow.pyfunc.load_model(uri)
        answer = loaded.predict(pixels[:5])
        labels = next(value for name, value in answer.items() if "label" in name)
        assert np.asarray(labels).tolist() == expected, uri


def registry():
    assert [model.name for model in mlflow.search_registered_models(filter_string=f"name = '{MODEL}'")] == [MODEL]
    raises("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model(MODEL))
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model("no such model"))
    again = mlflow.register_model(f"runs:/{state['model_run']}/model", MODEL)
    assert again.version in ("2", 2)
    copied = client.copy_model_version(f"models:/{MODEL}/1", f"{MODEL}-copy")
    assert copied.name == f"{MODEL}-copy" and copied.version in ("1", 1)
    client.update_registered_model(MODEL, "all about it")
    client.update_model_version(MODEL, "2", "second")
    client.set_registered_model_tag(MODEL, "team", "risk")
    client.set_model_version_tag(MODEL, "2", "checked", "yes")
    read = client.get_registered_model(MODEL)
    assert read.description == "all about it" and read.tags["team"] == "risk"
    assert client.get_model_version(MODEL, "2").description == "second" and client.get_model_version(MODEL, "2").tags["checked"] == "yes"
    assert [model.name for model in client.search_registered_models(f"tags.team = 'risk' AND name = '{MODEL}'")] == [MODEL]
    assert [int(item.version) for item in client.search_model_versions(f"name = '{MODEL}'")] == [2, 1]
    assert [int(item.version) for item in client.search_model_versions(f"run_id = '{state['model_run']}' AND name = '{MODEL}' AND tags.checked = 'yes'")] == [2]
    client.delete_registered_model_tag(MODEL, "team")
    client.delete_model_version_tag(MODEL, "2", "checked")
    assert client.get_model_version_download_uri(MODEL, "1").startswith("mlflow-artifacts:/")
    client.rename_registered_model(f"{MODEL}-copy", f"{MODEL}-moved")
    client.delete_registered_model(f"{MODEL}-moved")
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model(f"{MODEL}-moved"))


def aliases():
    client.set_registered_model_alias(MODEL, "challenger", "2")
    assert int(client.get_model_version_by_alias(MODEL, "challenger").version) == 2
    assert client.get_registered_model(MODEL).aliases == {"challenger": "2"} and client.get_model_version(MODEL, "2").aliases == ["challenger"]
    mlflow.pyfunc.load_model(f"models:/{MODEL}@challenger")
    client.set_registered_model_alias(MODEL, "challenger", "1")
    assert int(client.get_model_version_by_alias(MODEL, "challenger").version) == 1
    client.delete_registered_model_alias(MODEL, "challenger")
    raises("INVALID_PARAMETER_VALUE", lambda: client.get_model_version_by_alias(MODEL, "challenger"))
    raises("INVALID_PARAMETER_VALUE", lambda: client.set_registered_model_alias(MODEL, "v1", "1"))


def stages():
    client.transition_model_version_stage(MODEL, "1", "Staging")
    client.transition_model_version_stage(MODEL, "2", "staging", archive_existing_versions=True)
    assert client.get_model_version(MODEL, "1").current_stage == "Archived"
    assert [int(item.version) for item in client.get_latest_versions(MODEL, ["Staging"])] == [2]
    raises("INVALID_PARAMETER_VALUE", lambda: client._get_registry_client().store.transition_model_version_stage(MODEL, "1", "Nowhere", False))


def versions_end():
    extra = mlflow.register_model(f"models:/{state['logged']}", MODEL)
    assert int(extra.version) == 3
    client.delete_model_version(MODEL, "3")
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version(MODEL, "3"))
    assert int(mlflow.register_model(f"models:/{state['logged']}", MODEL).version) == 4


def refused():
    """A file that is not what it says becomes FAILED_REGISTRATION once it is checked."""
    run = client.create_run(state["experiment"]).info.run_id
    client.log_text(run, "<html>not a model</html>", "bad/model.onnx")
    client.create_registered_model(f"{MODEL}-bad")
    client.create_model_version(f"{MODEL}-bad", f"runs:/{run}/bad", run)
    eventually(lambda: client.get_model_version(f"{MODEL}-bad", "1").status == "FAILED_REGISTRATION")
    assert "ONNX" in client.get_model_version(f"{MODEL}-bad", "1").status_message
    raises("INVALID_PARAMETER_VALUE", lambda: client._get_registry_client().store.create_model_version(f"{MODEL}-bad", "/etc/passwd"))
    raises("INVALID_PARAMETER_VALUE", lambda: client._get_registry_client().store.create_model_version(f"{MODEL}-bad", f"mlflow-artifacts:/1/../2"))


def autolog():
    mlflow.sklearn.autolog(log_models=False, log_datasets=True)
    pixels, labels = load_digits(return_X_y=True)
    with mlflow.start_run(run_name="autolog") as run:
        LogisticRegression(C=0.01, max_iter=50).fit(pixels[:200], labels[:200])
    mlflow.sklearn.autolog(disable=True)
    read = client.get_run(run.info.run_id)
    assert read.data.params["C"] == "0.01" and "training_accuracy_score" in read.data.metrics and read.inputs.dataset_inputs


if __name__ == "__main__":
    run_steps([experiments, runs, batches, run_search, datasets, artifacts, log_model, load_model, registry, aliases, stages, versions_end, refused, autolog])
