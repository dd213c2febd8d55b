"""Logs two versions of a scikit-learn pickle with the unmodified MLflow client and registers them.

Reads MLFLOW_TRACKING_URI and MLFLOW_TRACKING_TOKEN. The second takes the same columns; its predictions are told apart by its classes.
"""

import mlflow
import pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

MODEL = "risk"


def main():
    rows = pd.DataFrame({"age": [21.0, 35.0, 48.0, 62.0], "visits": [1, 2, 3, 4]})
    mlflow.set_experiment("serving")
    for version, (low, high) in enumerate([(0, 1), (10, 11)], start=1):
        model = LogisticRegression().fit(rows, [low, low, high, high])
        with mlflow.start_run(run_name=f"fit {version}"):
            mlflow.log_params({"low": low, "high": high})
            mlflow.log_metric("accuracy", 0.9 + version / 100)
            mlflow.log_input(mlflow.data.from_pandas(rows, name="people"), context="training")
            mlflow.sklearn.log_model(
                model,
                name="model",
                registered_model_name=MODEL,
                serialization_format="cloudpickle",
                input_example=rows.head(2),
                signature=infer_signature(rows, model.predict(rows)),
            )
    print("ok registered")


main()
