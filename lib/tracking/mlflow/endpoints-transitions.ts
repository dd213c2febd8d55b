import { findEnvironmentOfStage, listStageRequests, openRequest, reviewRequest, type StageRequest, withdrawRequest } from "@/lib/governance/server";
import type { Context } from "@/lib/platform/context";
import { getClientVersion, parseStage, type Stage } from "@/lib/registry/server";

import { invalid, missing } from "../errors";
import { type Endpoint, get, post, remove } from "./endpoint";
import type { Input } from "./input";
import { compact } from "./output";
import { speakMlflow } from "./registry-words";

/*
 * The transition requests of the hosted MLflow registry, mapped on promotion requests: to ask for a stage is to ask for the release into
 * the environment whose policy protects it. An approval moves nothing by itself; once given, transition-stage goes through. The hosted
 * registry's free comments have no home here (a review's comment is part of the decision), so their addresses don't exist.
 */

type Wish = { name: string; number: number; stage: Stage; comment: string | undefined };

const readWish = (input: Input): Wish => {
  const version = input.need("version");
  if (!/^\d{1,9}$/.test(version)) throw invalid(`Parameter 'version' must be an integer, got '${version.slice(0, 80)}'.`);
  const comment = input.text("comment")?.trim() || undefined;
  if ((comment?.length ?? 0) > 2_000) throw invalid("A comment has at most 2000 characters.");
  return { name: input.need("name"), number: Number(version), stage: parseStage(input.need("stage")), comment };
};

const activities: Partial<Record<StageRequest["request"]["status"], string>> = { OPEN: "REQUESTED_TRANSITION", APPROVED: "APPROVED_REQUEST", EXECUTED: "APPROVED_REQUEST", REJECTED: "REJECTED_REQUEST" };

const entity = ({ request, stage, movedAt }: StageRequest, fromStage: string) =>
  compact({
    id: request.number,
    activity_type: activities[request.status] ?? "CANCELLED_REQUEST",
    creation_timestamp: Date.parse(request.requestedAt),
    last_updated_timestamp: movedAt.getTime(),
    user_id: request.requestedBy,
    comment: request.comment ?? "",
    system_comment: request.closedReason,
    from_stage: fromStage,
    to_stage: stage,
    // What a client may do; deciding is for people in the console.
    available_actions: request.status === "OPEN" && request.isYours ? ["CANCEL_TRANSITION_REQUEST"] : [],
  });

const read = async (ctx: Context, { name, number, stage }: Wish) => {
  const environment = await findEnvironmentOfStage(ctx, stage);
  const found = (await listStageRequests(ctx, name, number)).filter(({ request }) => request.environment === environment);
  return { newest: found[0], open: found.find(({ request }) => request.status === "OPEN") };
};

const needOpen = async (ctx: Context, wish: Wish): Promise<StageRequest> => {
  const { open } = await read(ctx, wish);
  if (!open) throw missing(`Version ${wish.number} of "${wish.name}" has no open request for the stage ${wish.stage}.`);
  return open;
};

const decide = (decision: "approve" | "reject"): Endpoint["handle"] => async (ctx, input) => {
  const wish = readWish(input);
  const { request } = await needOpen(ctx, wish);
  await reviewRequest(ctx, request.id, { decision, comment: wish.comment ?? `${decision === "approve" ? "Approved" : "Rejected"} through the registry's API.` });
  const { newest } = await read(ctx, wish);
  const { stage } = await getClientVersion(ctx, wish.name, wish.number);
  return { activity: newest ? entity(newest, stage) : {} };
};

const endpoints: Endpoint[] = [
  post("mlflow/transition-requests/create", async (ctx, input) => {
    const wish = readWish(input);
    const environment = await findEnvironmentOfStage(ctx, wish.stage);
    await openRequest(ctx, { model: wish.name, version: wish.number, environment, comment: wish.comment });
    const { stage } = await getClientVersion(ctx, wish.name, wish.number);
    return { request: entity(await needOpen(ctx, wish), stage) };
  }),
  get("mlflow/transition-requests/list", async (ctx, input) => {
    const version = input.need("version");
    if (!/^\d{1,9}$/.test(version)) throw invalid(`Parameter 'version' must be an integer, got '${version.slice(0, 80)}'.`);
    const found = await listStageRequests(ctx, input.need("name"), Number(version));
    const { stage } = await getClientVersion(ctx, input.need("name"), Number(version));
    return compact({ requests: found.filter(({ request }) => request.status === "OPEN").map((request) => entity(request, stage)) });
  }),
  remove("mlflow/transition-requests/delete", async (ctx, input) => {
    const wish = readWish(input);
    const { request } = await needOpen(ctx, wish);
    await withdrawRequest(ctx, request.id, wish.comment ?? "Withdrawn through the registry's API.");
    return {};
  }),
  post("mlflow/transition-requests/approve", decide("approve")),
  post("mlflow/transition-requests/reject", decide("reject")),
];

export const transitionEndpoints = endpoints.map(speakMlflow);
