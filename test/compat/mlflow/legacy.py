"""The last MLflow 2 client: tracking, artifacts, models under their run, the registry with stages and aliases, autolog, traces of version 2."""

import json
import math
import tempfile
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from support import SUFFIX, client, raises, run_steps, unprotect_production

MODEL = f"legacy-{SUFFIX}"
state = {}


def is_old():
    assert mlflow.__version__.startswith("2."), mlflow.__version__


def tracking():
    name = f"legacy {SUFFIX}"
    state["experiment"] = mlflow.set_experiment(name).experiment_id
    mlflow.set_experiment_tag("team", "risk")
    assert client.get_experiment(state["experiment"]).tags["team"] == "risk"
    with mlflow.start_run(run_name="first", tags={"kind": "legacy"}, description="a note") as run:
        mlflow.log_params({"alpha": 0.5, "empty": ""})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"nan": float("nan"), "inf": float("inf")}, step=1)
        with mlflow.start_run(nested=True, run_name="child") as child:
            mlflow.log_metric("loss", 9)
    state["run"], state["child"] = run.info.run_id, child.info.run_id
    read = mlflow.get_run(state["run"])
    assert read.info.status == "FINISHED" and read.info.run_name == "first" and read.data.tags["mlflow.note.content"] == "a note"
    assert read.data.params == {"alpha": "0.5", "empty": ""} and read.data.metrics["loss"] == 0.2
    assert math.isnan(read.data.metrics["nan"]) and read.data.metrics["inf"] > 1e300
    history = client.get_metric_history(state["run"], "loss")
    assert [point.step for point in history] == list(range(5))
    long = client.create_run(state["experiment"]).info.run_id
    for start in range(0, 26_000, 1000):
        client.log_batch(long, [Metric("long", step, step, step) for step in range(start, start + 1000)])
    assert [point.step for point in client.get_metric_history(long, "long")] == list(range(26_000))
    assert mlflow.get_run(state["child"]).data.tags["mlflow.parentRunId"] == state["run"]
    found = client.search_runs([state["experiment"]], f"tags.mlflow.parentRunId = '{state['run']}'")
    assert [item.info.run_id for item in found] == [state["child"]]
    frame = mlflow.search_runs([state["experiment"]], filter_string="metrics.loss < 1 and params.alpha = '0.5'")
    assert list(frame["run_id"]) == [state["run"]]
    message = raises("INVALID_PARAMETER_VALUE", lambda: client.log_param(state["run"], "alpha", "1"))
    assert "already logged" in message
    client.log_batch(state["run"], metrics=[Metric("batch", 1, 1, 0)], params=[Param("b", "1")], tags=[RunTag("t", "1")])
    assert client.get_run(state["run"]).data.tags["t"] == "1"
    client.delete_run(state["child"])
    assert [item.info.run_id for item in client.search_runs([state["experiment"]], run_view_type=ViewType.DELETED_ONLY)] == [state["child"]]
    client.restore_run(state["child"])
    names = [experiment.name for experiment in mlflow.search_experiments(filter_string=f"name LIKE 'legacy {SUFFIX}%'")]
    assert names == [name]


def artifacts():
    run = state["run"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "deep").mkdir()
        (Path(folder) / "deep" / "ü b.txt").write_text("deep")
        (Path(folder) / "empty").write_bytes(b"")
        client.log_artifacts(run, folder, "files")
    client.log_text(run, "hello", "notes/a.txt")
    client.log_dict(run, {"a": [1, 2]}, "notes/a.json")
    client.log_image(run, np.zeros((4, 4, 3), dtype=np.uint8), "image.png")
    for step in (1, 12, 2500):
        client.log_image(run, np.zeros((4, 4, 3), dtype=np.uint8), key="seven", step=step)
    assert len(client.list_artifacts(run, "images")) == 6, "each image and its small copy"
    client.log_table(run, pd.DataFrame({"q": ["x", "y"], "n": [1, 2]}), "table.json")
    assert sorted(item.path for item in client.list_artifacts(run)) == ["files", "image.png", "images", "notes", "table.json"]
    assert sorted(item.path for item in client.list_artifacts(run, "files")) == ["files/deep", "files/empty"]
    with tempfile.TemporaryDirectory() as folder:
        local = Path(client.download_artifacts(run, "files", folder))
        assert (local / "deep" / "ü b.txt").read_text() == "deep" and (local / "empty").read_bytes() == b""
    assert mlflow.artifacts.load_dict(f"runs:/{run}/notes/a.json") == {"a": [1, 2]}
    table = mlflow.load_table("table.json", run_ids=[run])
    assert list(table["n"]) == [1, 2]


def log_model():
    data = load_iris(as_frame=True)
    model = LogisticRegression(max_iter=500).fit(data.data, data.target)
    state["expected"] = model.predict(data.data[:10]).tolist()
    state["data"] = data.data[:10]
    with mlflow.start_run(run_name="model") as run:
        mlflow.log_metric("accuracy", 0.97)
        info = mlflow.sklearn.log_model(model, "model", registered_model_name=MODEL, signature=infer_signature(data.data, model.predict(data.data)), input_example=data.data[:2])
    state["model_run"] = run.info.run_id
    assert info.model_uri == f"runs:/{run.info.run_id}/model"
    history = json.loads(client.get_run(run.info.run_id).data.tags["mlflow.log-model.history"])
    assert history[0]["artifact_path"] == "model" and "sklearn" in history[0]["flavors"]
    assert sorted(Path(item.path).name for item in client.list_artifacts(run.info.run_id, "model")) >= ["MLmodel"]
    version = client.get_model_version(MODEL, "1")
    assert version.status == "READY" and version.run_id == run.info.run_id and version.current_stage == "None"


def same(uri, load=mlflow.pyfunc.load_model):
    assert load(uri).predict(state["data"]).tolist() == state["expected"], uri


def load_model():
    for uri in (f"runs:/{state['model_run']}/model", f"models:/{MODEL}/1", f"models:/{MODEL}/latest"):
        same(uri)
    same(f"models:/{MODEL}/1", mlflow.sklearn.load_model)
    assert mlflow.models.get_model_info(f"models:/{MODEL}/1").signature.inputs.input_names()[0] == "sepal length (cm)"


def registry():
    raises("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model(MODEL))
    again = mlflow.register_model(f"runs:/{state['model_run']}/model", MODEL, tags={"by": "hand"})
    assert int(again.version) == 2 and client.get_model_version(MODEL, "2").tags["by"] == "hand"
    client.update_registered_model(MODEL, "about it")
    client.update_model_version(MODEL, "2", "second")
    client.set_registered_model_tag(MODEL, "team", "risk")
    client.set_model_version_tag(MODEL, "2", "checked", "yes")
    read = client.get_registered_model(MODEL)
    assert read.description == "about it" and read.tags["team"] == "risk" and [item.version for item in read.latest_versions] == ["2"]
    assert [int(item.version) for item in client.search_model_versions(f"name = '{MODEL}'")] == [2, 1]
    assert [item.name for item in client.search_registered_models(f"name = '{MODEL}'")] == [MODEL]
    client.delete_model_version_tag(MODEL, "2", "checked")
    assert "checked" not in client.get_model_version(MODEL, "2").tags
    copied = client.copy_model_version(f"models:/{MODEL}/1", f"{MODEL}-copy")
    assert copied.name == f"{MODEL}-copy" and int(copied.version) == 1
    same(f"models:/{MODEL}-copy/1")
    client.rename_registered_model(f"{MODEL}-copy", f"{MODEL}-moved")
    same(f"models:/{MODEL}-moved/1")
    client.delete_registered_model(f"{MODEL}-moved")
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model(f"{MODEL}-moved"))


def stages():
    message = raises("PERMISSION_DENIED", lambda: client.transition_model_version_stage(MODEL, "1", "Production"))
    assert "protected by the policy" in message and "Request approval" in message
    assert client.get_model_version(MODEL, "1").current_stage == "None"
    unprotect_production()
    moved = client.transition_model_version_stage(MODEL, "1", "Production")
    assert moved.current_stage == "Production"
    same(f"models:/{MODEL}/Production")
    client.transition_model_version_stage(MODEL, "2", "production", archive_existing_versions=True)
    assert client.get_model_version(MODEL, "1").current_stage == "Archived" and client.get_model_version(MODEL, "2").current_stage == "Production"
    assert [int(item.version) for item in client.get_latest_versions(MODEL, ["Production"])] == [2]
    client.transition_model_version_stage(MODEL, "1", "Staging")
    assert {item.current_stage: int(item.version) for item in client.get_latest_versions(MODEL)} == {"Production": 2, "Staging": 1}
    same(f"models:/{MODEL}/Staging")
    raises("INVALID_PARAMETER_VALUE", lambda: client._get_registry_client().store.transition_model_version_stage(MODEL, "1", "Nowhere", False))


def aliases():
    client.set_registered_model_alias(MODEL, "candidate", "1")
    assert int(client.get_model_version_by_alias(MODEL, "candidate").version) == 1
    same(f"models:/{MODEL}@candidate")
    client.set_registered_model_alias(MODEL, "candidate", "2")
    assert client.get_model_version(MODEL, "2").aliases == ["candidate"] and client.get_registered_model(MODEL).aliases == {"candidate": "2"}
    client.delete_registered_model_alias(MODEL, "candidate")
    raises("INVALID_PARAMETER_VALUE", lambda: client.get_model_version_by_alias(MODEL, "candidate"))
    client.delete_model_version(MODEL, "1")
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version(MODEL, "1"))


def autolog():
    mlflow.sklearn.autolog(registered_model_name=f"{MODEL}-auto")
    data = load_iris(as_frame=True)
    with mlflow.start_run() as run:
        LogisticRegression(max_iter=300, C=0.3).fit(data.data, data.target)
    mlflow.sklearn.autolog(disable=True)
    read = client.get_run(run.info.run_id)
    assert read.info.run_name and read.data.params["C"] == "0.3" and read.data.metrics["training_accuracy_score"] > 0.9
    assert read.inputs.dataset_inputs and read.inputs.dataset_inputs[0].tags[0].value == "train"
    assert {"model", "estimator.html"} <= {item.path for item in client.list_artifacts(run.info.run_id)}
    assert int(client.get_model_version(f"{MODEL}-auto", "1").version) == 1
    mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/model").predict(data.data[:3])


def evaluate():
    data = load_iris(as_frame=True)
    frame = data.data.assign(target=data.target)
    with mlflow.start_run() as run:
        result = mlflow.evaluate(f"models:/{MODEL}/2", frame, targets="target", model_type="classifier", evaluator_config={"log_model_explainability": False})
    read = client.get_run(run.info.run_id)
    assert abs(read.data.metrics["accuracy_score"] - result.metrics["accuracy_score"]) < 1e-9
    assert "confusion_matrix.png" in {item.path for item in client.list_artifacts(run.info.run_id)}


def traces():
    @mlflow.trace(span_type="CHAIN")
    def answer(question):
        with mlflow.start_span("inner") as span:
            span.set_inputs({"q": question})
        return question.upper()

    mlflow.set_experiment(f"legacy {SUFFIX}")
    with mlflow.start_run() as run:
        assert answer("why") == "WHY"
    mlflow.flush_trace_async_logging()
    trace_id = mlflow.get_last_active_trace_id()
    trace = client.get_trace(trace_id)
    assert trace.info.experiment_id == state["experiment"] and trace.info.status.value == "OK" and trace.info.execution_time_ms >= 0
    assert trace.info.tags["mlflow.traceName"] == "answer" and trace.info.request_metadata["mlflow.sourceRun"] == run.info.run_id
    assert [span.name for span in trace.data.spans] == ["answer", "inner"] and trace.data.spans[0].outputs == "WHY"
    assert trace.data.spans[0].span_type == "CHAIN" and trace.data.spans[1].inputs == {"q": "why"}
    client.set_trace_tag(trace_id, "colour", "red")
    assert client.search_traces([state["experiment"]], filter_string="tag.colour = 'red'")[0].info.request_id == trace_id
    client.delete_trace_tag(trace_id, "colour")
    assert "colour" not in client.get_trace(trace_id).info.tags
    span = client.start_trace("by hand", inputs={"a": 1})
    client.end_trace(span.request_id, outputs={"b": 2}, status="ERROR")
    mlflow.flush_trace_async_logging()
    assert len(client.search_traces([state["experiment"]])) == 2
    assert client.get_trace(span.request_id).info.status.value == "ERROR"
    frame = mlflow.search_traces(experiment_ids=[state["experiment"]], order_by=["timestamp_ms ASC"])
    assert len(frame) == 2 and frame.iloc[0]["request"] == {"question": "why"}
    assert client.delete_traces(state["experiment"], request_ids=[trace_id]) == 1
    assert len(client.search_traces([state["experiment"]])) == 1


if __name__ == "__main__":
    run_steps([is_old, tracking, artifacts, log_model, load_model, registry, stages, aliases, autolog, evaluate, traces])
