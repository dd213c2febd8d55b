import { z } from "zod";

import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";

import { ReasonBody, RolloutCreate, RolloutPreview, RolloutPreviewQuery, RolloutSummary, RolloutView, VerdictPoint } from "./schema";

const rollouts = "/w/{workspace}/rollouts";
const params = z.object({ rollout: z.string().max(60) });
const environment = z.string().max(63).optional();

export const listRolloutsOperation = defineOperation({ id: "listRollouts", method: "GET", path: rollouts, summary: "List rollouts, newest first", permission: "rollout:read", query: pageQuery.extend({ endpoint: z.string().max(100).optional(), environment, state: z.enum(["active", "ended"]).optional() }), response: pageOf(RolloutSummary) });
export const startRolloutOperation = defineOperation({ id: "startRollout", method: "POST", path: rollouts, summary: "Start a rollout of a version to an endpoint", permission: "rollout:execute", body: RolloutCreate, response: RolloutView, status: 201 });
export const previewRolloutOperation = defineOperation({ id: "previewRollout", method: "GET", path: `${rollouts}/preview`, summary: "Read what a rollout would meet: policy, runtime, and changes for callers", permission: "rollout:read", query: RolloutPreviewQuery, response: RolloutPreview });
export const getRolloutOperation = defineOperation({ id: "getRollout", method: "GET", path: `${rollouts}/{rollout}`, summary: "Read a rollout with its steps and latest verdict", permission: "rollout:read", params, response: RolloutView });
export const listVerdictsOperation = defineOperation({ id: "listVerdicts", method: "GET", path: `${rollouts}/{rollout}/verdicts`, summary: "List the looks of a rollout's analysis", permission: "rollout:read", params, response: z.object({ items: z.array(VerdictPoint) }) });

const act = (id: string, verb: string, summary: string) => defineOperation({ id, method: "POST", path: `${rollouts}/{rollout}/${verb}`, summary, permission: "rollout:execute", params, body: ReasonBody, response: RolloutView });
export const promoteRolloutOperation = act("promoteRollout", "promote", "Go on to the next step before this one is over");
export const holdRolloutOperation = act("holdRollout", "hold", "Hold a rollout at its weight");
export const resumeRolloutOperation = act("resumeRollout", "resume", "Resume a held rollout with fresh counts");
export const abortRolloutOperation = act("abortRollout", "abort", "Send all traffic to the stable version and hold");
export const rollbackRolloutOperation = act("rollbackRollout", "rollback", "Send all traffic to the stable version and close the rollout");
export const rollBackEndpointOperation = defineOperation({ id: "rollBackEndpoint", method: "POST", path: "/w/{workspace}/endpoints/{endpoint}/rollback", summary: "Roll an endpoint back to the version before", permission: "rollout:execute", params: z.object({ endpoint: z.string().max(100) }), query: z.object({ environment }), body: ReasonBody, response: RolloutView });
