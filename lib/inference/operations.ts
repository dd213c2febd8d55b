import { z } from "zod";

import { defineOperation, pageOf, pageQuery } from "@/lib/http/operation";

import { arms, callView, predictionView } from "./schema";

/** `ok` below 400, `refused` 400–499, `failed` from 500, or one status. */
const statusFilter = z.union([z.enum(["ok", "refused", "failed"]), z.coerce.number().int().min(100).max(599)]);

const callsQuery = pageQuery.extend({
  environment: z.string().max(63).optional(),
  version: z.string().max(40).optional(),
  arm: z.enum(arms).optional(),
  status: statusFilter.optional(),
});
export type CallsQuery = z.infer<typeof callsQuery>;

export const listCallsOperation = defineOperation({
  id: "listCalls",
  method: "GET",
  path: "/w/{workspace}/endpoints/{endpoint}/calls",
  summary: "List the calls of an endpoint, newest first",
  permission: "prediction:read",
  params: z.object({ endpoint: z.string().max(100) }),
  query: callsQuery,
  response: pageOf(callView),
});

export const getPredictionOperation = defineOperation({
  id: "getPrediction",
  method: "GET",
  path: "/w/{workspace}/predictions/{id}",
  summary: "Read one prediction: request, answer, version, route and label",
  permission: "prediction:read",
  params: z.object({ id: z.string().max(60) }),
  response: predictionView,
});
