import { newId } from "@/lib/core/ids";
import type { Context } from "@/lib/platform/context";
import { pinReference } from "@/lib/monitoring/server";

import { digitsCsv, readDigits } from "./digits";
import type { TestDeps } from "./deps";
import { digitsModel, makeVersion, sourceOf } from "./models";

export type Monitored = { endpointId: string; endpoint: string; versionId: string; otherVersionId: string; workspaceId: string };

/** An endpoint in production whose stable version is the digits champion; a second version stands by. Rows are made directly: no runtime is involved. */
export const makeMonitored = async (deps: TestDeps, ctx: Context, options: { pin?: boolean; mirrorBp?: number; candidateWeightBp?: number; grainSeconds?: number } = {}): Promise<Monitored> => {
  const digits = await readDigits();
  const model = `digits-${newId().slice(-6)}`;
  await makeVersion(deps, ctx, model, { "model.onnx": await digitsModel("champion") }, { featureNames: digits.header });
  await makeVersion(deps, ctx, model, { "model.onnx": await digitsModel("challenger") }, { featureNames: digits.header });
  const versions = await deps.db.modelVersion.findMany({ where: { workspaceId: ctx.workspace.id, model: { name: model } }, orderBy: { number: "asc" } });
  const [first, second] = versions;
  if (!first || !second) throw new Error("the versions were not made");
  const now = deps.clock.current();
  const environment = await deps.db.environment.findFirstOrThrow({ where: { workspaceId: ctx.workspace.id, name: "production" } });
  const runtime = await deps.db.runtime.create({ data: { id: newId(), workspaceId: ctx.workspace.id, name: `onnx-${model}`, kind: "onnx", url: "http://127.0.0.1:1", createdAt: now } });
  const endpoint = await deps.db.endpoint.create({
    data: { id: newId(), workspaceId: ctx.workspace.id, environmentId: environment.id, runtimeId: runtime.id, modelId: first.modelId, name: model, stableVersionId: first.id, routeNumber: 1, profileGrainSeconds: options.grainSeconds ?? 60, createdBy: "test", createdAt: now, updatedAt: now },
  });
  await deps.db.routeRevision.create({
    data: {
      workspaceId: ctx.workspace.id,
      endpointId: endpoint.id,
      number: 1,
      stableVersionId: first.id,
      candidateVersionId: options.candidateWeightBp ? second.id : null,
      candidateWeightBp: options.candidateWeightBp ?? 0,
      mirrorVersionId: options.mirrorBp ? second.id : null,
      mirrorBp: options.mirrorBp ?? 0,
      salt: "salt",
      reason: "test",
      createdAt: now,
    },
  });
  await deps.db.deployment.create({ data: { id: newId(), workspaceId: ctx.workspace.id, endpointId: endpoint.id, versionId: first.id, role: "stable", fromAt: new Date(now.getTime() - 86_400_000) } });
  if (options.pin !== false) {
    const csv = Buffer.from(digitsCsv(digits.header, digits.part("train")));
    await pinReference(ctx, { model, number: 1, source: "train", format: "csv", predictionColumn: "prediction", body: sourceOf(csv) });
  }
  return { endpointId: endpoint.id, endpoint: model, versionId: first.id, otherVersionId: second.id, workspaceId: ctx.workspace.id };
};
