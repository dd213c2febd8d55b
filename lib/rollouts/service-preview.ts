import { AppError } from "@/lib/core/errors";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import { compareSchemas, findVersionByNumber } from "@/lib/registry/server";
import { readRuntimeFit, requireEndpoint, versionNumbers } from "@/lib/serving/server";

import { readRelease } from "./facts";
import type { RolloutPreview, RolloutPreviewQuery } from "./schema";

/** What starting this rollout would meet: the policy, the runtime, and whether callers would notice. Changes nothing. */
export const previewRollout = async (ctx: Context, { endpoint: name, environment, version: number }: RolloutPreviewQuery): Promise<RolloutPreview> => {
  authorize(ctx, "rollout:read");
  const { runtime, versionId, ...seen } = await transact(ctx.deps, async (tx, now) => {
    const endpoint = await requireEndpoint(tx, ctx, name, environment);
    const version = await findVersionByNumber(tx, ctx.workspace.id, endpoint.modelId, number);
    if (!version) throw new AppError("not_found", "version.not_found", `The model ${endpoint.model.name} has no version ${number}.`);
    const release = await readRelease(tx, { workspaceId: ctx.workspace.id, toVersionId: version.id, strategy: "canary", endpointId: endpoint.id }, endpoint, now);
    const stableId = endpoint.stableVersionId;
    const schema = stableId === null || stableId === version.id ? null : await compareSchemas(tx, ctx.workspace.id, stableId, version.id);
    return {
      versionId: version.id,
      runtime: endpoint.runtime,
      release: { isAllowed: release.ok, reason: release.ok ? null : release.reason },
      schema: schema && stableId !== null ? { against: (await versionNumbers(tx, ctx.workspace.id, [stableId])).get(stableId) ?? 0, ...schema } : null,
    };
  });
  return { version: number, ...seen, runtime: await readRuntimeFit(ctx.deps, runtime, versionId) };
};
