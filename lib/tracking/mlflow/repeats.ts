import { dayMs, hourMs, minuteMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import type { Delivery } from "@/lib/http/delivery";
import { type Actor, actorUserId, type Context } from "@/lib/platform/context";
import { sha256 } from "@/lib/platform/keys";

import type { Repeatable } from "../store-create-run";
import type { Call } from "./endpoint";

/*
 * A client repeats runs/create when the answer got lost, with the same body. The body alone doesn't tell a repeat from a second run that a
 * script starts in the same millisecond, and taking the one for the other would mix two runs, which is worse than an empty third. So:
 *
 * 1. With an Idempotency-Key the client says it itself; a key holds for a day, with one body.
 * 2. Without one, two requests are the same when caller, workspace, address and body are, and the body holds a start_time of this hour:
 *    the moment in milliseconds is what a client draws anew for each run. Within five minutes (its client's patience) the second gets
 *    the first's run.
 * 3. But not while the first answer has arrived for all that can be known: a further request came on its connection, or it is less than
 *    two seconds old and its connection held. Then this is another run. Another process knows nothing of connections and takes it for a
 *    repeat: a client whose server died asks the next one.
 */

const keyHorizonMs = dayMs;
const bodyHorizonMs = 5 * minuteMs;
const nonceWithinMs = hourMs;
const twinWithinMs = 2_000;
const maxRemembered = 10_000;

type Attempt = { delivery: Delivery; startedMs: number };

const remembered = new Map<string, Attempt[]>();

const hasArrived = ({ delivery: { state }, startedMs }: Attempt, nowMs: number): boolean => state === "received" || (state !== "lost" && nowMs - startedMs < twinWithinMs);

/** The how-manieth run this request means among those that look like it: one whose answer may be lost, else a new one. */
const placeOf = (likeness: string, delivery: Delivery, nowMs: number): number => {
  const attempts = remembered.get(likeness)?.filter(({ startedMs }) => nowMs - startedMs < bodyHorizonMs) ?? [];
  const lost = attempts.findIndex((attempt) => !hasArrived(attempt, nowMs));
  const place = lost === -1 ? attempts.length : lost;
  attempts[place] = { delivery, startedMs: attempts[place]?.startedMs ?? nowMs };
  remembered.delete(likeness); // the youngest stand last, so that the first is the one to give way
  remembered.set(likeness, attempts);
  const oldest = remembered.keys().next();
  if (remembered.size > maxRemembered && !oldest.done) remembered.delete(oldest.value);
  return place;
};

const callerOf = (actor: Actor): string => (actor.kind === "token" ? `token:${actor.id}` : `user:${actorUserId(actor) ?? ""}`);

/** What makes a request known again, or undefined when it can't be. `now` is the database's time, `startTime` the body's, in ms. */
export const repeatableOf = (ctx: Context, call: Pick<Call, "headers" | "fields" | "address" | "follow">, startTime: number | undefined, now: Date): Repeatable | undefined => {
  const requestDigest = sha256(JSON.stringify(call.fields));
  const key = call.headers.get("idempotency-key");
  if (key !== null) {
    if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw new AppError("invalid", "http.bad_idempotency_key", "Idempotency-Key is 1 to 200 visible ASCII characters.");
    return { fingerprint: sha256(`key\n${callerOf(ctx.actor)}\n${key}`), requestDigest, expiresAt: new Date(now.getTime() + keyHorizonMs) };
  }
  if (startTime === undefined || Math.abs(now.getTime() - startTime) > nonceWithinMs) return undefined;
  const likeness = `body\n${callerOf(ctx.actor)}\n${call.address}\n${requestDigest.toString("hex")}`;
  const place = placeOf(`${ctx.workspace.id}\n${likeness}`, call.follow(), performance.now());
  return { fingerprint: sha256(`${likeness}\n${place}`), requestDigest, expiresAt: new Date(now.getTime() + bodyHorizonMs) };
};
