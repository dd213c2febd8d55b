import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";

import { invalid } from "./errors";
import { needActiveRun } from "./service-runs";
import { appendToListTag } from "./store-runs";

const maxBytes = 1_000_000;

/** Notes a model that a client before MLflow 3 logged under its run, in the tag that keeps the list of them; unlike other tags it is not cut. */
export const noteModelOfRun = async (ctx: Context, runId: string, model: Record<string, unknown>): Promise<void> => {
  authorize(ctx, "run:write");
  const entry = JSON.stringify(model);
  if (Buffer.byteLength(entry) > maxBytes) throw invalid(`Malformed model info: model_json holds more than ${maxBytes} bytes.`);
  await transact(ctx.deps, async (tx) => appendToListTag(tx, (await needActiveRun(tx, ctx.workspace.id, runId)).seq, "mlflow.log-model.history", entry));
};
