import { hourMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import type { Env } from "@/lib/platform/env";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { awaitTurn, requireFit } from "./quota";
import type { UploadedBlob } from "./schema";
import { upsertBlob } from "./store";
import { lockBytes } from "./store-storage";

const longestGraceMs = hourMs;

/** How long bytes outlive the last row that refers to them, so that an upload of the same bytes finds them: an hour, or less where orphans go sooner. */
export const removalGraceMs = ({ gcOrphansAfterMs }: Pick<Env, "gcOrphansAfterMs">): number => Math.min(longestGraceMs, gcOrphansAfterMs);

/** Bytes that have arrived, and when (of `performance.now`). */
export type Received = { blob: UploadedBlob; atMs: number };

/** A blob that was touched this lately needs no touch. */
export const freshMsOf = (ctx: Context): number => removalGraceMs(ctx.deps.env) / 2;

const isYoung = (ctx: Context, { atMs }: Received): boolean => performance.now() - atMs < freshMsOf(ctx);

/** True where there is nothing to wait for or look at before bytes are noted: no limit on the workspace, and bytes that just came. */
export const needsNoCheck = (ctx: Context, received: Received): boolean => ctx.deps.env.workspaceMaxBytes === undefined && isYoung(ctx, received);

/**
 * Notes that the workspace may refer to bytes that were just put. The collector spares young bytes; an upload that took half
 * of that time to come here makes sure that they are still there, and holds the collector off until it is done.
 */
export const noteBlob = async (ctx: Context, tx: Tx, received: Received, now: Date): Promise<void> => {
  const { blob } = received;
  await awaitTurn(ctx, tx);
  if (!isYoung(ctx, received)) {
    await lockBytes(tx, blob.sha256, "shared");
    if ((await ctx.deps.blobs.size(blob.sha256)) === undefined) throw new AppError("unavailable", "blob.collected", "The file was cleaned up before the upload was noted. Send it again.");
  }
  await upsertBlob(tx, ctx.workspace.id, blob, now, freshMsOf(ctx));
  await requireFit(ctx, tx);
};
