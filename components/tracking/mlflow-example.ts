/** What to paste so that the MLflow client logs here. */
export const trackingExample = (url: string, workspace: string, experiment: string): string => `pip install mlflow
export MLFLOW_TRACKING_URI=${url}
export MLFLOW_TRACKING_TOKEN=slp_…${workspace === "default" ? "" : `\nexport MLFLOW_WORKSPACE=${workspace}`}

python - <<'PY'
import mlflow
mlflow.set_experiment(${JSON.stringify(experiment)})
with mlflow.start_run():
    mlflow.log_param("depth", 5)
    mlflow.log_metric("auc", 0.81)
PY`;
