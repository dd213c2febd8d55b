"""Train a small classifier and register it with the unmodified MLflow client.

    pip install -r examples/quickstart/requirements.txt
    export MLFLOW_TRACKING_URI=http://127.0.0.1:3000
    export MLFLOW_TRACKING_TOKEN=slp_...
    python examples/quickstart/train_with_mlflow.py
"""

import os
import sys

import mlflow
import numpy as np
import onnxruntime
from mlflow.models import infer_signature
from skl2onnx import to_onnx
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import train_test_split

REGISTERED_MODEL = "digits"


def main() -> None:
    """Log one run and register its model as a new version."""
    if "MLFLOW_TRACKING_URI" not in os.environ:
        sys.exit("Set MLFLOW_TRACKING_URI, and MLFLOW_TRACKING_TOKEN where the server asks for one.")
    pixels, labels = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(
        pixels.astype(np.float32), labels, test_size=400, random_state=0, stratify=labels
    )

    mlflow.set_experiment("digits-quickstart")
    with mlflow.start_run(run_name="linear-discriminant") as run:
        params = {"solver": "lsqr", "shrinkage": 0.2}
        mlflow.log_params({"model": "LinearDiscriminantAnalysis", "train_rows": len(train_x), **params})
        model = LinearDiscriminantAnalysis(**params).fit(train_x, train_y)

        probabilities = model.predict_proba(test_x)
        predicted = model.classes_[probabilities.argmax(axis=1)]
        mlflow.log_metrics(
            {
                "accuracy": accuracy_score(test_y, predicted),
                "macro_f1": f1_score(test_y, predicted, average="macro"),
                "log_loss": log_loss(test_y, probabilities),
            }
        )

        onnx_model = to_onnx(model, train_x[:1], options={"zipmap": False}, target_opset={"": 17, "ai.onnx.ml": 3})
        logged = mlflow.onnx.log_model(
            onnx_model,
            name="model",
            registered_model_name=REGISTERED_MODEL,
            signature=infer_signature(
                test_x[:5], {"label": predicted[:5], "probabilities": probabilities[:5].astype(np.float32)}
            ),
            # Named here, because otherwise MLflow loads the model in another process to find them out.
            pip_requirements=[f"onnxruntime=={onnxruntime.__version__}", f"numpy=={np.__version__}"],
        )

    registered = mlflow.search_registered_models(filter_string=f"name = '{REGISTERED_MODEL}'")
    print(f"run {run.info.run_id}: accuracy {accuracy_score(test_y, predicted):.3f}")
    print(f"registered {registered[0].name} version {logged.registered_model_version}")


if __name__ == "__main__":
    main()
