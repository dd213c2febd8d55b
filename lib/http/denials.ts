import { recordChange } from "@/lib/audit/server";
import { minuteMs } from "@/lib/core/durations";
import type { AppError } from "@/lib/core/errors";
import { formatId } from "@/lib/core/ids";
import { type Context, transact } from "@/lib/platform/context";

import { processWide } from "./process-wide";

const quietMs = minuteMs;
const maxRemembered = 5_000;
const lastRecorded = processWide<Map<string, number>>("denials", () => new Map());

/** Puts a refused use of a token on the record, once a minute for each token and operation, so that a loop can't flood the log. */
export const recordDenial = async (ctx: Context, operationId: string, error: AppError): Promise<void> => {
  const { actor } = ctx;
  if (actor.kind !== "token") return;
  const key = `${actor.id}:${operationId}`;
  const nowMs = Date.now();
  if (nowMs - (lastRecorded.get(key) ?? 0) < quietMs) return;
  if (lastRecorded.size >= maxRemembered) lastRecorded.clear();
  lastRecorded.set(key, nowMs);
  await transact(ctx.deps, (tx, now) =>
    recordChange(tx, ctx, now, {
      action: "token.use_denied",
      target: { type: "token", id: formatId("token", actor.id), name: actor.name },
      because: error.message,
      change: { after: { operation: operationId, code: error.code } },
    }),
  );
};
