import { recordChange } from "@/lib/audit/server";
import { minuteMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import { formatId } from "@/lib/core/ids";
import { type Actor, type Context, type Deps, transact } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { sha256 } from "@/lib/platform/keys";

import { normalEmail } from "./email";
import { verifyPassword } from "./passwords";
import { sessionMaxAgeSeconds } from "./session-cookie";
import { findHomeWorkspace } from "./store";
import { clearFailures, countFailures, findPerson, findPersonByEmail, insertFailure, insertSession, type PersonRow, revokeSession } from "./store-people";
import { deviceOf } from "./user-agent";

const windowMs = 15 * minuteMs;
const maxFailures = { ofAccount: 10, ofAddress: 50 };

export type SignIn = { email: string; password: string; ip: string; userAgent: string; requestId: string };

/** Raises the one generic error for a wrong address or password, or rate_limited after too many of them from this address or for this account. */
export const requirePassword = async (deps: Deps, input: SignIn): Promise<PersonRow> => {
  const email = normalEmail(input.email);
  const emailHash = sha256(email);
  const now = await deps.clock.now(deps.db);
  const failures = await countFailures(deps.db, { emailHash, ip: input.ip, since: new Date(now.getTime() - windowMs) });
  if (failures.ofAccount >= maxFailures.ofAccount || failures.ofAddress >= maxFailures.ofAddress) {
    throw new AppError("rate_limited", "identity.too_many_failures", "Too many failed attempts. Try again in 15 minutes.", { retryAfterSeconds: windowMs / 1000 });
  }
  const person = await findPersonByEmail(deps.db, email);
  const isRight = await verifyPassword(input.password, person && !person.disabledAt ? person.passwordHash : undefined);
  if (person && isRight) return person;
  await transact(deps, async (tx, at) => {
    await insertFailure(tx, { emailHash, ip: input.ip, at });
    await recordFor(deps, tx, at, { kind: "system", name: "sign-in" }, person?.id, input.requestId, {
      action: "session.sign_in_failed",
      target: { type: "user", id: person ? formatId("user", person.id) : "unknown", name: "" },
      personal: { "target.name": email, "source.address": input.ip },
      because: person ? (person.disabledAt ? "the account is disabled" : "wrong password") : "no such account",
    });
  });
  throw new AppError("unauthenticated", "identity.bad_credentials", "The address or the password is wrong.");
};

/** Signs a person in: checks the password, opens a session of eight hours and returns its id. */
export const signIn = async (deps: Deps, input: SignIn): Promise<{ userId: string; sessionId: string }> => {
  const person = await requirePassword(deps, input);
  return transact(deps, async (tx, now) => {
    await clearFailures(tx, sha256(person.email), new Date(now.getTime() - 2 * windowMs));
    const sessionId = await insertSession(tx, { userId: person.id, now, expiresAt: new Date(now.getTime() + sessionMaxAgeSeconds * 1000), ip: input.ip, userAgent: input.userAgent });
    await recordFor(deps, tx, now, sessionActor(person, sessionId, now), person.id, input.requestId, {
      action: "session.sign_in",
      target: { type: "session", id: formatId("session", sessionId), name: deviceOf(input.userAgent) },
      personal: { "source.address": input.ip },
    });
    return { userId: person.id, sessionId };
  });
};

/** Ends a session on its person's wish; nothing happens when it has ended already. */
export const signOut = async (deps: Deps, userId: string, sessionId: string, requestId = ""): Promise<void> =>
  transact(deps, async (tx, now) => {
    const person = await findPerson(tx, userId);
    if (!person || !(await revokeSession(tx, userId, sessionId, now))) return;
    await recordFor(deps, tx, now, sessionActor(person, sessionId, now), userId, requestId, {
      action: "session.sign_out",
      target: { type: "session", id: formatId("session", sessionId), name: "" },
    });
  });

const sessionActor = ({ id, name, email, isAdmin }: PersonRow, sessionId: string, authTime: Date): Actor => ({ kind: "user", id, name, email, isAdmin, roles: [], groups: [], sessionId, authTime });

/** Records an event that is about no workspace in the person's oldest one, or the installation's first. */
const recordFor = async (deps: Deps, tx: Tx, now: Date, actor: Actor, userId: string | undefined, requestId: string, change: Parameters<typeof recordChange>[3]): Promise<void> => {
  const workspace = await findHomeWorkspace(tx, userId);
  if (!workspace) return; // an installation without a workspace has no one to sign in either
  const ctx: Context = { deps, actor, workspace, requestId };
  await recordChange(tx, ctx, now, change);
};
