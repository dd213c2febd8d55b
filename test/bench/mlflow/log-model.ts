import { call, send, type Target } from "./target";

const files = ["MLmodel", "model.pkl", "conda.yaml", "python_env.yaml", "requirements.txt", "input_example.json", "serving_input_example.json"];

const mlmodel = (modelId: string, runId: string): string =>
  `artifact_path: mlflow-artifacts:/1/models/${modelId}/artifacts\nflavors:\n  python_function:\n    env:\n      conda: conda.yaml\n      virtualenv: python_env.yaml\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n    predict_fn: predict\n    python_version: 3.12.3\n  sklearn:\n    code: null\n    pickled_model: model.pkl\n    serialization_format: cloudpickle\n    sklearn_version: 1.7.2\nmlflow_version: 3.17.2\nmodel_id: ${modelId}\nmodel_size_bytes: 1024\nmodel_uuid: ${modelId}\nrun_id: ${runId}\nsignature:\n  inputs: '[{"type": "double", "name": "x", "required": true}]'\n  outputs: '[{"type": "long", "required": true}]'\n  params: null\nutc_time_created: '2026-11-20 09:00:00.000000'\n`;

/** The 20 requests that one `sklearn.log_model(registered_model_name=…)` of the 3.x client sends one after another, and how long the server took for them. */
export const logModelOnce = async (target: Target, experimentId: string, runId: string, name: string): Promise<number> => {
  let totalMs = 0;
  const timed = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const startedMs = performance.now();
    const answer = await call<Body>(target, method, path, body);
    totalMs += performance.now() - startedMs;
    return answer;
  };
  const run = `runs/get?run_id=${runId}&run_uuid=${runId}`;
  const history = (key: string): string => `metrics/get-history?run_id=${runId}&run_uuid=${runId}&metric_key=${key}&max_results=25000`;
  await timed("GET", run);
  const { model } = await timed<{ model: { info: { model_id: string; artifact_uri: string } } }>("POST", "logged-models", { experiment_id: experimentId, name: "model", source_run_id: runId, model_type: "", params: [] });
  const { model_id: modelId, artifact_uri: artifactUri } = model.info;
  await timed("POST", "runs/outputs", { run_id: runId, models: [{ model_id: modelId, step: 0 }] });
  await timed("GET", run);
  await timed("GET", history("accuracy"));
  await timed("GET", history("loss"));
  await timed("GET", `logged-models/${modelId}`);
  const folder = artifactUri.replace(/^mlflow-artifacts:\/*/, "");
  for (const file of files) {
    const content = Buffer.from(file === "MLmodel" ? mlmodel(modelId, runId) : `${file}\n`.repeat(40));
    const { status, durationMs } = await send(target, "PUT", `/api/2.0/mlflow-artifacts/artifacts/${folder}/${file}`, content);
    if (status !== 200) throw new Error(`${target.name}: PUT ${file} answered ${status}`);
    totalMs += durationMs;
  }
  await timed("PATCH", `logged-models/${modelId}`, { model_id: modelId, status: "LOGGED_MODEL_READY" });
  await timed("POST", "registered-models/create", { name });
  await timed("POST", "model-versions/create", { name, source: `models:/${modelId}`, run_id: runId, model_id: modelId });
  await timed("GET", `logged-models/${modelId}`);
  await timed("GET", `logged-models/${modelId}`);
  await timed("PATCH", `logged-models/${modelId}/tags`, { model_id: modelId, tags: [{ key: "mlflow.modelVersions", value: JSON.stringify([{ name, version: "1" }]) }] });
  return totalMs;
};
