import { newId } from "@/lib/core/ids";
import { type Deps, transact } from "@/lib/platform/context";
import { acquireLease, type HeldLease, lockLease } from "@/lib/platform/db";

import { hasPending, numberPending } from "./store-sequence";

const leaseName = "audit.sequencer";
const leaseTtlMs = 5_000;
const batchSize = 500;
const thisProcess = `${process.pid}-${newId()}`;

type SequencerDeps = Pick<Deps, "db" | "clock">;

/**
 * Gives every waiting event its gap-free number in its workspace. One leader at a time by a fenced lease; beside a live leader it does
 * nothing. Safe to stop anywhere: each batch is one transaction. Returns how many events it numbered.
 */
export const sequenceAudit = async (deps: SequencerDeps, { owner = thisProcess }: { owner?: string } = {}): Promise<number> => {
  let numbered = 0;
  for (;;) {
    if (!(await hasPending(deps.db))) return numbered;
    const held = await transact(deps, (tx, now) => acquireLease(tx, { name: leaseName, owner, ttlMs: leaseTtlMs, now }));
    const count = held ? await sequenceBatch(deps, held) : undefined;
    if (count === undefined) return numbered;
    numbered += count;
    if (count < batchSize) return numbered;
  }
};

/** Numbers one batch under a lease; writes nothing and returns undefined when the lease has gone to another since. */
export const sequenceBatch = (deps: SequencerDeps, held: HeldLease, limit = batchSize): Promise<number | undefined> =>
  transact(deps, async (tx, now) => ((await lockLease(tx, held)) ? numberPending(tx, limit, now) : undefined));

/** True when events wait for their number. */
export const isSequencingDue = (deps: Pick<Deps, "db">): Promise<boolean> => hasPending(deps.db);
