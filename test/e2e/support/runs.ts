import type { System } from "@/test/support/system";

export type LoggedRuns = { experiment: string; name: string; runs: { id: string; name: string; auc: number }[]; parent: string };

/** Logs runs as MLflow's client does, over its wire: curves, params, a note, a dataset, files of every previewed kind, a logged model, nested runs, one under way. */
export const logRuns = async (system: System): Promise<LoggedRuns> => {
  const send = async <T>(method: string, path: string, body: unknown): Promise<T> => {
    const response = await system.call(method, `/api/2.0/mlflow/${path}`, body);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const put = async (path: string, content: string | Uint8Array): Promise<void> => {
    const address = `${system.url}/api/2.0/mlflow-artifacts/artifacts/${path.split("/").map(encodeURIComponent).join("/")}`;
    const response = await fetch(address, { method: "PUT", headers: { authorization: `Bearer ${system.admin.token}` }, body: typeof content === "string" ? content : Buffer.from(content) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  };
  const name = "credit-pd, gbm";
  const { experiment_id: experiment } = await send<{ experiment_id: string }>("POST", "experiments/create", { name, tags: [{ key: "team", value: "risk" }] });
  const start = Date.now() - 3_600_000;

  const logRun = async (index: number, runName: string, status: string, parent?: string): Promise<{ id: string; name: string; auc: number; root: string }> => {
    const auc = Math.round((0.79 + index * 0.003) * 10_000) / 10_000;
    const tags = [{ key: "mlflow.source.name", value: "train_gbm.py" }, { key: "mlflow.source.git.commit", value: "4f1e9ab0c2d84e5f" }, ...(parent === undefined ? [] : [{ key: "mlflow.parentRunId", value: parent }])];
    const { run } = await send<{ run: { info: { run_id: string; artifact_uri: string } } }>("POST", "runs/create", { experiment_id: experiment, run_name: runName, user_id: "mara", start_time: start + index * 60_000, tags });
    const id = run.info.run_id;
    const curve = Array.from({ length: 40 }, (_, step) => ({ key: "val_auc", value: step === 39 ? auc : auc - 0.05 * Math.exp(-step / 8), timestamp: start + step * 1_000, step }));
    await send("POST", "runs/log-batch", {
      run_id: id,
      metrics: [...curve, { key: "val_loss", value: 0.4 - index * 0.01, timestamp: start, step: 0 }],
      params: [{ key: "depth", value: String(3 + (index % 3)) }, { key: "learning_rate", value: "0.03" }],
      tags: [],
    });
    if (status !== "RUNNING") await send("POST", "runs/update", { run_id: id, status, end_time: start + index * 60_000 + 90_000 });
    return { id, name: runName, auc, root: run.info.artifact_uri.replace(/^mlflow-artifacts:\/+/, "") };
  };

  const runs = [];
  for (const [index, runName] of ["calm-heron-12", "plain-tern-33", "quiet-lynx-39", "amber-wren-36", "brisk-otter-41"].entries()) runs.push(await logRun(index, runName, index === 1 ? "FAILED" : "FINISHED"));
  const parent = await logRun(5, "sweep", "FINISHED");
  for (const index of [6, 7]) await logRun(index, `trial-${index}`, "FINISHED", parent.id);
  await logRun(8, "live-swan-28", "RUNNING");

  const best = runs[4];
  if (!best) throw new Error("no run was logged");
  await send("POST", "runs/set-tag", { run_id: best.id, key: "mlflow.note.content", value: "## Best so far\n\n**AUC 0.802**, see `plots/roc.svg`.\n\n- calibrated\n\n<script>window.broken = true</script>" });
  await send("POST", "runs/log-inputs", { run_id: best.id, datasets: [{ tags: [{ key: "mlflow.data.context", value: "training" }], dataset: { name: "applications", digest: "9c41e07b", source_type: "local", source: "{}", schema: JSON.stringify({ mlflow_colspec: [{ type: "double", name: "income", required: true }] }), profile: JSON.stringify({ num_rows: 31_204 }) } }] });
  const mlmodel = "flavors:\n  sklearn: {sklearn_version: 1.5.0}\nmlflow_version: 3.17.2\nsignature:\n  inputs: '[{\"type\": \"double\", \"name\": \"income\", \"required\": true}]'\n  outputs: '[{\"type\": \"long\", \"required\": true}]'\n";
  await put(`${best.root}/plots/roc.svg`, '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="200"><rect width="320" height="200" fill="#fff"/><path d="M10 190 C 30 60 120 20 310 10" fill="none" stroke="#2251c6" stroke-width="3"/></svg>');
  await put(`${best.root}/report.html`, '<!doctype html><title>Report</title><p id="said">before</p><script>let cookies="unread";try{cookies=document.cookie}catch{cookies="none"}document.getElementById("said").textContent="after, cookies "+cookies</script>');
  await put(`${best.root}/eval/confusion table.csv`, 'label,predicted,count\n0,0,28104\n"1, late",1,2098\n');
  await put(`${best.root}/eval/metrics.json`, '{"auc":0.802,"slices":{"under 25":0.774}}');
  await put(`${best.root}/train.log`, "epoch 1\nepoch 2\n");
  await put(`${best.root}/model/MLmodel`, mlmodel);
  await put(`${best.root}/model/model.pkl`, new Uint8Array(2_000).fill(7));
  const { model } = await send<{ model: { info: { model_id: string; artifact_uri: string } } }>("POST", "logged-models", { experiment_id: experiment, name: "gbm", source_run_id: best.id });
  await put(`${model.info.artifact_uri.replace(/^mlflow-artifacts:\/+/, "")}/MLmodel`, mlmodel);
  await send("PATCH", `logged-models/${model.info.model_id}`, { model_id: model.info.model_id, status: "LOGGED_MODEL_READY" });
  return { experiment, name, runs, parent: parent.id };
};
