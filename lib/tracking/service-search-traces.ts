import { decodeCursor, encodeCursor } from "@/lib/core/pagination";
import { parseFilter, parseOrder } from "@/lib/core/search-filter";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";

import { invalid } from "./errors";
import { experimentNumbersOf } from "./service-experiments";
import { type TraceInfo, withAssessments } from "./service-traces";
import { afterTrace, inTraceExperiments, newestFirst, traceCondition, traceOrder } from "./store-compile-traces";
import { searchTraceRows, type TraceRow } from "./store-traces";

export type SearchTraces = { experimentIds: readonly string[]; filter: string | undefined; orderBy: readonly string[]; limit: number; pageToken: string | undefined };
export type TracePage = { traces: TraceInfo[]; nextPageToken: string | undefined };

type Position = { afterTime: number; afterId: string } | { offset: number };

/** In the usual order a page begins after the last trace of the one before; in any other it counts. */
const readToken = (token: string | undefined, isUsualOrder: boolean): Position => {
  if (!token) return { offset: 0 };
  if (!isUsualOrder) {
    const [offset] = decodeCursor(token, 1);
    if (typeof offset === "number" && Number.isSafeInteger(offset) && offset >= 0) return { offset };
  } else {
    const [afterTime, afterId] = decodeCursor(token, 2);
    if (typeof afterTime === "number" && Number.isSafeInteger(afterTime) && typeof afterId === "string") return { afterTime, afterId };
  }
  throw invalid("Invalid page token.");
};

const nextToken = (last: TraceRow, position: Position, limit: number, isUsualOrder: boolean): string =>
  isUsualOrder ? encodeCursor([last.requestTime, last.traceId]) : encodeCursor([("offset" in position ? position.offset : 0) + limit]);

/** A page of traces of experiments, newest first unless ordered otherwise. */
export const searchTraces = async (ctx: Context, { experimentIds, filter, orderBy, limit, pageToken }: SearchTraces): Promise<TracePage> => {
  authorize(ctx, "run:read");
  const parsed = parseFilter(filter);
  const isUsualOrder = orderBy.length === 0;
  const position = readToken(pageToken, isUsualOrder);
  const conditions = [
    inTraceExperiments(experimentNumbersOf(experimentIds)),
    ...(parsed === undefined ? [] : [traceCondition(parsed)]),
    ...("afterTime" in position ? [afterTrace(position.afterTime, position.afterId)] : []),
  ];
  const order = isUsualOrder ? newestFirst : traceOrder(parseOrder(orderBy));
  const rows = await searchTraceRows(ctx.deps.db, ctx.workspace.id, { conditions, order, offset: "offset" in position ? position.offset : 0, limit: limit + 1 });
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    traces: await withAssessments(ctx.deps.db, ctx.workspace.id, kept),
    nextPageToken: rows.length > limit && last !== undefined ? nextToken(last, position, limit, isUsualOrder) : undefined,
  };
};
