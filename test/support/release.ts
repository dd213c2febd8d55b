import type { RunningServer } from "./oip-runtime";
import { newId } from "@/lib/core/ids";
import { addEvidence, insertPolicyRevision, openRequest, reviewRequest } from "@/lib/governance/server";
import type { PolicyDocument } from "@/lib/governance";
import type { Actor, Context } from "@/lib/platform/context";
import { tickRollout } from "@/lib/rollouts/server";
import { createEndpoint } from "@/lib/serving/server";

import type { TestDeps } from "./deps";
import { testContext } from "./factories";
import { digitsModel, makeVersion } from "./models";

type Person = Context & { actor: Extract<Actor, { kind: "user" }> };

const open: PolicyDocument = { checks: [{ key: "inspection", title: "Inspection", required: true }], approvals: { minimum: 0, groups: [], excludeRequester: true, excludeContributors: false }, requestExpiresDays: 14, approvalValidDays: 30 };
export const guarded: PolicyDocument = {
  ...open,
  checks: [
    { key: "inspection", title: "Inspection", required: true },
    { key: "evaluation", title: "Evaluation", required: true, metric: "accuracy", minRows: 300, maxLoss: 0.02 },
    { key: "model_card", title: "Model card", required: true, sections: ["details"] },
  ],
  approvals: { ...open.approvals, minimum: 1 },
};

export const evaluation = (baseline?: number) => ({
  kind: "evaluation" as const,
  schemaVersion: 1 as const,
  dataset: { name: "held-out", digest: `sha256:${"a".repeat(64)}`, rows: 400 },
  metrics: [{ name: "accuracy", value: 0.96, lower: 0.94, upper: 0.98, n: 400 }],
  producer: { name: "train.py" },
  ...(baseline === undefined ? {} : { baseline: { model: "digits", version: baseline, metrics: [{ name: "accuracy", value: 0.95, n: 400 }], difference: { name: "accuracy", value: 0.01, lower: -0.01, upper: 0.03, n: 400 } } }),
});
export const modelCard = { kind: "model_card" as const, schemaVersion: 1 as const, details: { name: "digits" } };

export type Stage = { deps: TestDeps; engineer: Person; approver: Person; runtimeId: string; gateway: { apply: () => Promise<void> } };

/** A workspace with policies, a runtime, an engineer, an approver and one live gateway process. */
export const openStage = async (deps: TestDeps, runtime: RunningServer): Promise<Stage> => {
  const engineer = await testContext(deps, { roles: ["maintainer", "operator"], name: "Mara" });
  const approver = await testContext(deps, { roles: ["approver"], workspace: engineer.workspace, name: "Ines" });
  const now = await deps.clock.now(deps.db);
  const environments = await deps.db.environment.findMany({ where: { workspaceId: engineer.workspace.id } });
  for (const environment of environments) await insertPolicyRevision(deps.db, { workspaceId: engineer.workspace.id, environmentId: environment.id, revision: 1, document: environment.isProduction ? guarded : open, createdBy: null, now });
  const runtimeId = newId();
  await deps.db.runtime.create({ data: { id: runtimeId, workspaceId: engineer.workspace.id, name: "onnx", kind: "onnx", url: runtime.url, createdAt: now } });
  const gatewayId = newId();
  const apply = async (): Promise<void> => {
    const seen = await deps.clock.now(deps.db);
    const { _max } = await deps.db.routeRevision.aggregate({ _max: { revision: true } });
    const data = { startedAt: seen, lastSeenAt: seen, appliedRevision: _max.revision ?? 0n };
    await deps.db.gatewayProcess.upsert({ where: { gatewayId_process: { gatewayId, process: 1 } }, create: { gatewayId, process: 1, ...data }, update: data });
  };
  await apply();
  return { deps, engineer, approver, runtimeId, gateway: { apply } };
};

/** Registers the next version of `digits`, inspected. */
export const register = (stage: Stage, name: "champion" | "challenger" | "harmful" = "champion") => digitsModel(name).then((bytes) => makeVersion(stage.deps, stage.engineer, "digits", { "model.onnx": bytes }));

/** Attaches good evidence and has the approver approve the version for production. */
export const approve = async (stage: Stage, version: number, champion?: number): Promise<string> => {
  await addEvidence(stage.engineer, "digits", version, { name: "default", document: evaluation(champion) });
  await addEvidence(stage.engineer, "digits", version, { name: "default", document: modelCard });
  const request = await openRequest(stage.engineer, { model: "digits", version, environment: "production" });
  await reviewRequest(stage.approver, request.id, { decision: "approve", comment: "fine by me" });
  return request.id;
};

export const makeEndpoint = (stage: Stage, environment = "production") => createEndpoint(stage.engineer, { name: "digits", environment, model: "digits", runtime: "onnx", championAlias: "champion", isAnonymous: false, timeoutMs: 10_000 });

/** Lets time pass and the worker look until `isThere`, the gateway applying what is published; at most `looks` looks. */
export const tickUntil = async (stage: Stage, rolloutId: string, isThere: (phase: string) => boolean, looks = 40): Promise<string> => {
  for (let look = 0; look < looks; look += 1) {
    stage.deps.clock.advance(1_000);
    await stage.gateway.apply();
    await tickRollout(stage.deps, { rolloutId }, "test-worker");
    const row = await stage.deps.db.rollout.findUniqueOrThrow({ where: { id: rolloutId } });
    if (isThere(row.phase)) return row.phase;
  }
  const row = await stage.deps.db.rollout.findUniqueOrThrow({ where: { id: rolloutId } });
  throw new Error(`the rollout is ${row.phase}: ${row.reason ?? ""}`);
};
