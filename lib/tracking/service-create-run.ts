import { AppError, must } from "@/lib/core/errors";
import { authorize } from "@/lib/identity/server";
import { actorName, type Context } from "@/lib/platform/context";

import { invalid } from "./errors";
import { checkKey, cutValue, maxTagValue } from "./limits";
import { inventName, newHexId } from "./names";
import { experimentNumberOf, needExperiment, prepareExperiments } from "./service-experiments";
import { type FullRun, getRun } from "./service-runs";
import { findCreatedRun, insertNewRun, type Repeatable } from "./store-create-run";
import type { KeyValue } from "./store-runs";

export type NewRun = { experimentId: string; userId: string | undefined; name: string | undefined; startTime: number | undefined; tags: KeyValue[] };

const nameTag = "mlflow.runName";

/**
 * Creates a running run; its name is also its tag mlflow.runName. `recognise` says what makes the request known again: when one like it
 * made a run already, that run is returned. Raises unprocessable when a key comes with another request than before.
 */
export const createRun = async (ctx: Context, { experimentId, userId, name, startTime, tags }: NewRun, recognise: (now: Date) => Repeatable | undefined = () => undefined): Promise<FullRun> => {
  authorize(ctx, "run:write");
  tags.forEach(({ key }) => checkKey(key, "tag"));
  const tagged = tags.find(({ key }) => key === nameTag)?.value;
  if (name && tagged && name !== tagged) throw invalid(`Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName='${tagged}').`);
  const { db, clock } = ctx.deps;
  await prepareExperiments(ctx);
  const runName = name || tagged || inventName();
  const run = {
    experimentNumber: experimentNumberOf(experimentId),
    runId: newHexId(),
    name: runName,
    userName: userId || actorName(ctx.actor),
    startTime: startTime ?? 0,
    tags: [...new Map([...tags, { key: nameTag, value: runName }].map(({ key, value }) => [key, { key, value: cutValue(value, maxTagValue) }])).values()],
  };
  const now = await clock.now(db);
  const repeatable = recognise(now);
  const made = await insertNewRun(db, ctx.workspace.id, run, now, repeatable);
  if (!made) return explain(ctx, experimentId, repeatable);
  return { ...run, ...made, status: "RUNNING", lifecycleStage: "active", endTime: null, metrics: [], params: [], inputs: [], outputs: [], modelInputs: [] };
};

/** Finds out why no run was made: the experiment, or an earlier request, whose run this is. */
const explain = async (ctx: Context, experimentId: string, repeatable: Repeatable | undefined): Promise<FullRun> => {
  const { lifecycleStage } = await needExperiment(ctx.deps.db, ctx.workspace.id, experimentId);
  if (lifecycleStage !== "active") throw invalid(`The experiment ${experimentId} must be in the 'active' state. Current state is ${lifecycleStage}.`);
  const { fingerprint, requestDigest } = must(repeatable, "what makes this request known again");
  const earlier = await findCreatedRun(ctx.deps.db, ctx.workspace.id, fingerprint);
  if (!earlier) throw new AppError("unavailable", "run.not_created", "The run was not created. Send the request again.", { retryAfterSeconds: 1 });
  if (!earlier.requestDigest.equals(requestDigest)) throw new AppError("unprocessable", "http.idempotency_mismatch", "This Idempotency-Key was used for another request. Use a new key.");
  return getRun(ctx, earlier.runId);
};
