import { AppError } from "@/lib/core/errors";
import type { HeaderReader } from "@/lib/http/headers";
import { blobTooLarge } from "@/lib/platform/blob-names";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

import { findStored, lockStorage } from "./store-storage";

/** 413, which no client repeats: a retry would only send the same bytes again. */
const full = (used: number, limit: number): AppError =>
  new AppError("too_large", "storage.quota", `This workspace may store ${limit} bytes and holds ${used}: the file does not fit. Delete runs, artifacts or versions that nobody needs (they are purged after their time, see Settings, Storage), or ask the operator to raise SLIPWAY_WORKSPACE_MAX_BYTES.`, { details: { errorCode: "RESOURCE_EXHAUSTED", usedBytes: used, limitBytes: limit } });

/** Bytes that the workspace may still take; undefined without a limit. */
const findRoom = async (ctx: Context): Promise<{ room: number; used: number; limit: number } | undefined> => {
  const limit = ctx.deps.env.workspaceMaxBytes;
  if (limit === undefined) return undefined;
  const { bytes } = await findStored(ctx.deps.db, ctx.workspace.id);
  return { room: limit - bytes, used: bytes, limit };
};

/** Refuses what is larger than the room that the workspace has left. */
export const requireRoom = async (ctx: Context, bytes: number): Promise<void> => {
  const found = await findRoom(ctx);
  if (found && bytes > found.room) throw full(found.used, found.limit);
};

/** Refuses before a byte is read what announces itself as too large for a file or for the workspace. */
export const checkAnnouncedSize = async (ctx: Context, request: { headers: HeaderReader }): Promise<void> => {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > ctx.deps.env.uploadMaxBytes) throw blobTooLarge(ctx.deps.env.uploadMaxBytes);
  await requireRoom(ctx, announced);
};

/** Raises as soon as more bytes arrive than the workspace has room for. */
export const limitToRoom = async (ctx: Context, source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> => {
  const found = await findRoom(ctx);
  if (!found) return source;
  if (found.room < 0) throw full(found.used, found.limit);
  return limited(source, found);
};

async function* limited(source: AsyncIterable<Uint8Array>, { room, used, limit }: { room: number; used: number; limit: number }): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.byteLength;
    if (size > room) throw full(used, limit);
    yield chunk;
  }
}

/** Takes turns with other uploads where there is a limit; call it before the blob is noted. */
export const awaitTurn = async (ctx: Context, tx: Tx): Promise<void> => {
  if (ctx.deps.env.workspaceMaxBytes !== undefined) await lockStorage(tx, ctx.workspace.id);
};

/** Refuses, in the transaction that noted a blob, what does not fit any more because others were faster. */
export const requireFit = async (ctx: Context, tx: Tx): Promise<void> => {
  const limit = ctx.deps.env.workspaceMaxBytes;
  if (limit === undefined) return;
  const { bytes } = await findStored(tx, ctx.workspace.id);
  if (bytes > limit) throw full(bytes, limit);
};
