import { dayMs } from "@/lib/core/durations";
import { AppError, isAppError } from "@/lib/core/errors";
import { actorUserId, type Context } from "@/lib/platform/context";
import { sha256 } from "@/lib/platform/keys";

import { openSealedText, sealText } from "./seal";
import { claimKey, type IdempotencyClaim, pendingStatus, releaseKey, saveResponse } from "./store-idempotency";

const keptMs = dayMs;

export type Answer = { status: number; text: string | null };

/**
 * Runs a call at most once per Idempotency-Key, caller and workspace within 24 h and replays the stored answer afterwards. A call that
 * is refused frees its key, because nothing was done; one that broke keeps it, because nobody knows. Raises unprocessable when the key came with another request before, conflict while
 * the first call runs or when it never answered.
 */
export const once = async (ctx: Context, call: { key: string; operation: string; request: string }, work: () => Promise<Answer>): Promise<Answer & { replayed: boolean }> => {
  if (!/^[\x21-\x7e]{1,200}$/.test(call.key)) throw new AppError("invalid", "http.bad_idempotency_key", "Idempotency-Key is 1 to 200 visible ASCII characters.");
  const { db, clock, env } = ctx.deps;
  const now = await clock.now(db);
  const principal = ctx.actor.kind === "token" ? `token:${ctx.actor.id}` : `user:${actorUserId(ctx.actor) ?? ""}`;
  const requestHash = sha256(`${call.operation}\n${call.request}`);
  const claim: IdempotencyClaim = { workspaceId: ctx.workspace.id, principal, key: call.key, operation: call.operation, requestHash, now, expiresAt: new Date(now.getTime() + keptMs) };
  const earlier = await claimKey(db, claim);
  if (earlier) {
    if (!requestHash.equals(earlier.requestHash)) throw new AppError("unprocessable", "http.idempotency_mismatch", "This Idempotency-Key was used for another request. Use a new key.");
    if (earlier.status === pendingStatus) throw new AppError("conflict", "http.idempotency_pending", "The first call with this Idempotency-Key has not answered. Look up what it did before you try again.", { retryAfterSeconds: 2 });
    return { status: earlier.status, text: typeof earlier.response === "string" ? openSealedText(env.secretKey, earlier.response) : null, replayed: true };
  }
  let answer: Answer;
  try {
    answer = await work();
  } catch (error) {
    if (isAppError(error) && error.kind !== "internal") await releaseKey(db, claim);
    throw error;
  }
  await saveResponse(db, claim, answer.status, answer.text === null ? null : sealText(env.secretKey, answer.text));
  return { ...answer, replayed: false };
};
