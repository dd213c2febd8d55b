"""What data scientists do with the MLflow 3 client around a model: evaluate, log tables and pictures, measure the machine, autolog, nest, search."""

import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "0.2")
os.environ.setdefault("MLFLOW_SYSTEM_METRICS_SAMPLES_BEFORE_LOGGING", "1")

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from PIL import Image
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV

from support import SUFFIX, client, raises, run_steps

MODEL = f"modelling-{SUFFIX}"
state = {}


def setup():
    state["experiment"] = mlflow.set_experiment(f"modelling {SUFFIX}").experiment_id
    data = load_iris(as_frame=True)
    state["x"], state["y"] = data.data, data.target
    state["frame"] = data.data.assign(target=data.target)


def paths(run_id, folder=None):
    return {item.path for item in client.list_artifacts(run_id, folder)}


def logging():
    with mlflow.start_run(run_name="logging") as run:
        figure, axes = plt.subplots()
        axes.plot([1, 2, 3])
        mlflow.log_figure(figure, "plots/figure.png")
        plt.close(figure)
        mlflow.log_image(np.full((8, 8, 3), 200, dtype=np.uint8), "plots/array.png")
        mlflow.log_image(Image.new("RGB", (4, 4), "red"), key="samples", step=3)
        mlflow.log_dict({"a": [1, {"b": None}]}, "config/a.yaml")
        mlflow.log_text("grün ✓", "notes/ü.txt")
        mlflow.log_table({"question": ["a"], "score": [0.5]}, "tables/eval.json")
        mlflow.log_table(pd.DataFrame({"question": ["b"], "score": [1.5]}), "tables/eval.json")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "file.bin").write_bytes(bytes(range(256)) * 1000)
            mlflow.log_artifact(str(Path(folder) / "file.bin"), "raw")
    run_id = run.info.run_id
    assert {"plots", "images", "config", "notes", "tables", "raw"} <= paths(run_id)
    assert mlflow.artifacts.load_image(f"runs:/{run_id}/plots/array.png").size == (8, 8)
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/ü.txt") == "grün ✓"
    assert len(paths(run_id, "images")) >= 2 and all("samples" in name for name in paths(run_id, "images"))
    table = mlflow.load_table("tables/eval.json", run_ids=[run_id], extra_columns=["run_id"])
    assert list(table["question"]) == ["a", "b"] and list(table["score"]) == [0.5, 1.5] and set(table["run_id"]) == {run_id}
    tables = client.get_run(run_id).data.tags["mlflow.loggedArtifacts"]
    assert "tables/eval.json" in tables
    local = mlflow.artifacts.download_artifacts(f"runs:/{run_id}/raw/file.bin")
    assert Path(local).read_bytes() == bytes(range(256)) * 1000


def system_metrics():
    with mlflow.start_run(run_name="system", log_system_metrics=True) as run:
        time.sleep(1.5)
    metrics = client.get_run(run.info.run_id).data.metrics
    assert metrics["system/cpu_utilization_percentage"] >= 0 and metrics["system/system_memory_usage_megabytes"] > 0
    assert len(client.get_metric_history(run.info.run_id, "system/cpu_utilization_percentage")) >= 2


def nested():
    with mlflow.start_run(run_name="parent") as parent:
        mlflow.log_param("kind", "sweep")
        for depth in (2, 3):
            with mlflow.start_run(run_name=f"depth {depth}", nested=True):
                mlflow.log_param("depth", depth)
                mlflow.log_metric("score", depth / 10)
        with mlflow.start_run(nested=True) as child:
            with mlflow.start_run(nested=True) as grandchild:
                pass
    children = client.search_runs([state["experiment"]], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'", order_by=["metrics.score DESC"])
    assert [item.data.params.get("depth") for item in children] == ["3", "2", None]
    assert mlflow.get_parent_run(grandchild.info.run_id).info.run_id == child.info.run_id
    assert mlflow.get_parent_run(parent.info.run_id) is None


def inputs():
    frame = state["frame"]
    train = mlflow.data.from_pandas(frame, source="https://example.org/iris.csv", name="iris", targets="target")
    with mlflow.start_run(run_name="inputs") as run:
        mlflow.log_input(train, context="training", tags={"split": "first"})
        mlflow.log_inputs(datasets=[mlflow.data.from_numpy(np.arange(6).reshape(3, 2), name="numbers")], contexts=["eval"], tags_list=[None])
    read = client.get_run(run.info.run_id).inputs.dataset_inputs
    by_name = {item.dataset.name: item for item in read}
    assert list(by_name) == ["iris", "numbers"]
    assert {tag.key: tag.value for tag in by_name["iris"].tags} == {"mlflow.data.context": "training", "split": "first"}
    assert mlflow.data.get_source(by_name["iris"]).url == "https://example.org/iris.csv"
    assert "num_rows" in by_name["iris"].dataset.profile and "sepal length (cm)" in by_name["iris"].dataset.schema
    found = client.search_runs([state["experiment"]], f"datasets.name = 'iris' AND datasets.digest = '{train.digest}'")
    assert [item.info.run_id for item in found] == [run.info.run_id]


def models():
    x, y = state["x"], state["y"]
    model = LogisticRegression(max_iter=500).fit(x, y)
    train = mlflow.data.from_pandas(state["frame"], name="train", targets="target")
    with mlflow.start_run(run_name="models") as run:
        mlflow.log_params({"c": 1.0})
        info = mlflow.sklearn.log_model(model, name="classifier", signature=infer_signature(x, model.predict(x)), input_example=x[:2], params={"depth": "3"}, tags={"team": "risk"}, model_type="classifier", registered_model_name=MODEL, step=2)
        mlflow.log_metric("accuracy", 0.97, dataset=train, model_id=info.model_id, step=2)
    state["model_id"], state["model_run"] = info.model_id, run.info.run_id
    logged = mlflow.get_logged_model(info.model_id)
    assert logged.name == "classifier" and logged.model_type == "classifier" and logged.tags["team"] == "risk" and logged.source_run_id == run.info.run_id
    assert logged.params["depth"] == "3" and str(logged.status) == "READY"
    measured = [metric for metric in logged.metrics if metric.key == "accuracy"]
    assert measured[0].value == 0.97 and measured[0].dataset_name == "train" and measured[0].dataset_digest == train.digest and measured[0].run_id == run.info.run_id
    outputs = client.get_run(run.info.run_id).outputs.model_outputs
    assert [(item.model_id, item.step) for item in outputs] == [(info.model_id, 2)]
    other = mlflow.initialize_logged_model(name="external", tags={"team": "risk"}, params={f"p{index}": str(index) for index in range(230)})
    mlflow.finalize_logged_model(other.model_id, "READY")
    assert len(mlflow.get_logged_model(other.model_id).params) == 230
    find = lambda text=None, **more: [item.model_id for item in mlflow.search_logged_models(experiment_ids=[state["experiment"]], filter_string=text, output_format="list", **more)]
    assert set(find("tags.team = 'risk'")) == {info.model_id, other.model_id}
    assert find("name = 'classifier' AND metrics.accuracy > 0.9") == [info.model_id] and find("metrics.accuracy > 0.98") == []
    assert find("params.depth = '3'") == [info.model_id] and find(f"source_run_id = '{run.info.run_id}'") == [info.model_id]
    assert find("metrics.accuracy > 0.9", datasets=[{"dataset_name": "train"}]) == [info.model_id]
    assert find("metrics.accuracy > 0.9", datasets=[{"dataset_name": "nobody"}]) == []
    assert find(datasets=[{"dataset_name": "train"}]) == find("name = 'classifier'", datasets=[{"dataset_name": "train"}]) == [info.model_id]
    assert find(datasets=[{"dataset_name": "nobody"}]) == []
    assert find(order_by=[{"field_name": "metrics.accuracy", "ascending": False, "dataset_name": "train"}])[0] == info.model_id
    assert find(order_by=[{"field_name": "creation_timestamp", "ascending": True}])[0] == info.model_id
    assert len(find(max_results=1)) == 1
    mlflow.set_logged_model_tags(info.model_id, {"stage": "checked"})
    assert mlflow.get_logged_model(info.model_id).tags["stage"] == "checked"
    mlflow.delete_logged_model_tag(info.model_id, "stage")
    assert "stage" not in mlflow.get_logged_model(info.model_id).tags
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.delete_logged_model_tag(info.model_id, "stage"))
    client.delete_logged_model(other.model_id)
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.get_logged_model(other.model_id))
    expected = model.predict(x[:5]).tolist()
    for uri in (info.model_uri, f"models:/{MODEL}/1", f"runs:/{run.info.run_id}/classifier"):
        assert mlflow.pyfunc.load_model(uri).predict(x[:5]).tolist() == expected, uri
    assert mlflow.sklearn.load_model(info.model_uri).predict(x[:5]).tolist() == expected
    assert {Path(item.path).name for item in client.list_logged_model_artifacts(info.model_id)} >= {"MLmodel", "requirements.txt"}
    user = client.create_run(state["experiment"]).info.run_id
    client.log_inputs(user, models=[mlflow.entities.LoggedModelInput(model_id=info.model_id)])
    assert [item.model_id for item in client.get_run(user).inputs.model_inputs] == [info.model_id]


def evaluation():
    with mlflow.start_run(run_name="evaluation") as run:
        result = mlflow.models.evaluate(f"models:/{state['model_id']}", state["frame"], targets="target", model_type="classifier", evaluator_config={"log_model_explainability": False})
    read = client.get_run(run.info.run_id)
    assert result.metrics["accuracy_score"] > 0.9 and abs(read.data.metrics["accuracy_score"] - result.metrics["accuracy_score"]) < 1e-9
    assert "confusion_matrix.png" in paths(run.info.run_id) and read.inputs.dataset_inputs
    measured = [metric.key for metric in mlflow.get_logged_model(state["model_id"]).metrics]
    assert "accuracy_score" in measured
    predicted = state["frame"].assign(answer=state["y"])
    with mlflow.start_run() as static:
        again = mlflow.models.evaluate(data=predicted, predictions="answer", targets="target", model_type="regressor")
    assert client.get_run(static.info.run_id).data.metrics["mean_absolute_error"] == again.metrics["mean_absolute_error"] == 0
    with mlflow.start_run() as texts:
        frame = pd.DataFrame({"inputs": ["a", "b"], "outputs": ["x", "y"], "truth": ["x", "z"]})
        mlflow.models.evaluate(data=frame, predictions="outputs", targets="truth", extra_metrics=[mlflow.metrics.exact_match(), mlflow.metrics.latency()], evaluators="default")
    table = mlflow.load_table("eval_results_table.json", run_ids=[texts.info.run_id])
    assert list(table["outputs"]) == ["x", "y"]


def autolog():
    mlflow.sklearn.autolog()
    with mlflow.start_run() as run:
        RandomForestClassifier(n_estimators=4, max_depth=2, random_state=0).fit(state["x"], state["y"])
    with mlflow.start_run() as search:
        GridSearchCV(LogisticRegression(max_iter=300), {"C": [0.1, 1.0]}, cv=2).fit(state["x"], state["y"])
    mlflow.sklearn.autolog(disable=True)
    read = client.get_run(run.info.run_id)
    assert read.data.params["n_estimators"] == "4" and read.data.metrics["training_score"] > 0.8 and read.info.run_name
    assert read.inputs.dataset_inputs[0].tags[0].value == "train" and "estimator.html" in paths(run.info.run_id)
    model_id = read.outputs.model_outputs[0].model_id
    of_model = {metric.key: metric for metric in mlflow.get_logged_model(model_id).metrics}
    assert of_model["training_score"].dataset_name == "dataset" and of_model["training_score"].dataset_digest
    assert mlflow.sklearn.load_model(f"models:/{model_id}").predict(state["x"][:3]).shape == (3,)
    children = client.search_runs([state["experiment"]], f"tags.mlflow.parentRunId = '{search.info.run_id}'")
    assert {item.data.params["C"] for item in children} == {"0.1", "1.0"}
    assert client.get_run(search.info.run_id).data.params["best_C"] in {"0.1", "1.0"}
    assert "cv_results.csv" in paths(search.info.run_id)


def asynchronous():
    with mlflow.start_run() as run:
        for step in range(200):
            mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False)
        mlflow.log_params({"a": 1}, synchronous=False)
        mlflow.set_tags({"t": "1"}, synchronous=False)
        mlflow.flush_async_logging()
    read = client.get_run(run.info.run_id)
    assert read.data.params["a"] == "1" and read.data.tags["t"] == "1" and read.data.metrics["loss"] == 1 / 200
    assert len(client.get_metric_history(run.info.run_id, "loss")) == 200
    frame = mlflow.search_runs([state["experiment"]], filter_string="params.a = '1'", output_format="pandas")
    assert list(frame["metrics.loss"]) == [1 / 200]


if __name__ == "__main__":
    run_steps([setup, logging, system_metrics, nested, inputs, models, evaluation, autolog, asynchronous])
