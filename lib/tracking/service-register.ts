import { AppError, isAppError } from "@/lib/core/errors";
import { listArtifacts } from "@/lib/artifacts/server";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";
import type { Version } from "@/lib/registry";
import { createModel, getVersion, registerSource } from "@/lib/registry/server";

import { resolveSource } from "./mlflow/resolve-source";
import type { RegisterRun } from "./schema";
import { getLoggedModel } from "./service-logged-models";
import { getRun } from "./service-runs";

/** Registers a logged model or a folder of a run as the next version of a model, which is made when there is none of that name. */
export const registerRun = async (ctx: Context, runId: string, { model, loggedModelId, path, description }: RegisterRun): Promise<Version> => {
  authorize(ctx, "model:write");
  if ((loggedModelId === undefined) === (path === undefined)) throw new AppError("invalid", "run.register_what", "Say what to register: either loggedModelId or path.", { invalidParams: [{ name: "path", reason: "give either this or loggedModelId" }] });
  const run = await getRun(ctx, runId);
  const source = loggedModelId === undefined ? `runs:/${runId}/${path ?? ""}` : `models:/${loggedModelId}`;
  if (loggedModelId !== undefined) {
    const logged = await getLoggedModel(ctx, loggedModelId);
    if (logged.sourceRunId !== runId && !run.outputs.some(({ modelId }) => modelId === loggedModelId)) throw new AppError("invalid", "run.not_its_model", `The run ${run.name} did not log the model ${loggedModelId}.`, { invalidParams: [{ name: "loggedModelId", reason: "is not a model of this run" }] });
  }
  const { folder, unreadable, loggedModelId: found } = await resolveSource(ctx, source, undefined);
  if (folder === null) throw new AppError("unprocessable", "artifact.elsewhere", unreadable ?? `The artifacts of this run are at ${run.artifactUri}, where Slipway can't read them.`);
  if ((await listArtifacts(ctx, folder)).length === 0) throw new AppError("invalid", "run.no_files", `No files lie under "${path ?? folder}". Log the model first.`, { invalidParams: [{ name: "path", reason: "holds no files" }] });
  await ensureModel(ctx, model);
  const { number } = await registerSource(ctx, model, { source, folder, runId, loggedModelId: found ?? null, description: description?.trim() || null, tags: {} });
  return getVersion(ctx, model, number);
};

/** A model that is there already is what the caller wanted: the version goes to it. */
const ensureModel = async (ctx: Context, name: string): Promise<void> => {
  try {
    await createModel(ctx, { name });
  } catch (error) {
    if (!isAppError(error) || error.code !== "model.exists") throw error;
  }
};
