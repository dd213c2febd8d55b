import type { Logger } from "pino";

import type { BlobStore } from "./blobs";
import type { Clock } from "./clock";
import { type Database, runSqlTransaction, type SqlTx, stopPreparing, type Tx } from "./db";
import type { Env } from "./env";

/** What services need from the outside; opened once a process. */
export type Deps = { db: Database; clock: Clock; blobs: BlobStore; jobs: JobSender; log: Logger; env: Env };

/** Wakes workers. The truth is a row with its due time: a lost wake-up only delays. */
export type JobSender = { send: (name: string, payload: Record<string, unknown>, options?: { dedupeKey?: string }) => Promise<void> };

export type Role = "viewer" | "contributor" | "maintainer" | "operator" | "approver" | "auditor";

/** Who acts. `roles` are those of the context's workspace; a token's are its owner's, narrowed by `scopes`. */
export type Actor =
  | { kind: "user"; id: string; name: string; email: string; isAdmin: boolean; roles: Role[]; groups: string[]; sessionId: string; authTime: Date }
  | { kind: "token"; id: string; name: string; userId: string; userName: string; isAdmin: boolean; roles: Role[]; scopes: string[]; endpointIds: string[] }
  | { kind: "system"; name: string };

/** One request or job: who acts in which workspace, with which tools. */
export type Context = { deps: Deps; actor: Actor; workspace: { id: string; name: string }; requestId: string };

/** Runs `work` in one transaction with the time read once from the database: in it, or by the caller just before. */
export const transact = <T>({ db, clock }: Pick<Deps, "db" | "clock">, work: (tx: Tx, now: Date) => Promise<T>, now?: Date): Promise<T> =>
  repeatUnprepared(() => db.$transaction(async (tx) => work(tx, now ?? (await clock.now(tx)))));

/** The same for work that is SQL throughout. */
export const transactSql = <T>({ db, clock }: Pick<Deps, "db" | "clock">, work: (tx: SqlTx, now: Date) => Promise<T>, now?: Date): Promise<T> =>
  repeatUnprepared(() => runSqlTransaction(db, async (tx) => work(tx, now ?? (await clock.now(tx)))));

const repeatUnprepared = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    if (!stopPreparing(error)) throw error;
    return run(); // nothing of it happened
  }
};

/** The name shown for an actor in documents and lists. */
export const actorName = (actor: Actor): string => (actor.kind === "token" ? `${actor.userName} (token ${actor.name})` : actor.name);

/** The person behind an actor, if any: a token counts as its owner. */
export const actorUserId = (actor: Actor): string | null => (actor.kind === "user" ? actor.id : actor.kind === "token" ? actor.userId : null);
