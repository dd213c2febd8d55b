import { AppError } from "@/lib/core/errors";
import { decodeCursor, encodeCursor, type Page } from "@/lib/core/pagination";
import { type ByteRange, checkFolderPath, listArtifacts, openArtifact, type OpenedFile } from "@/lib/artifacts/server";
import { authorize } from "@/lib/identity/server";
import type { Context } from "@/lib/platform/context";

import { folderOf } from "./mlflow/resolve-source";
import type { ArtifactEntry } from "./schema";
import { needLoggedModel } from "./service-logged-models";
import { needRun } from "./service-runs";

/** Whose artifacts: a run's or a logged model's. */
export type FilesOwner = { kind: "run" | "model"; id: string };

const rootOf = async (ctx: Context, { kind, id }: FilesOwner): Promise<string> => {
  authorize(ctx, "artifact:read");
  const { db } = ctx.deps;
  const { artifactUri } = kind === "run" ? await needRun(db, ctx.workspace.id, id) : await needLoggedModel(db, ctx.workspace.id, id);
  const root = folderOf(artifactUri);
  if (root === undefined) throw new AppError("unprocessable", "artifact.elsewhere", `The artifacts are at ${artifactUri}, where Slipway can't read them.`);
  return root;
};

/** A folder of artifacts, folders first; paths are relative to the owner's root. */
export const listFiles = async (ctx: Context, owner: FilesOwner, { path, limit, cursor }: { path: string; limit: number; cursor?: string | undefined }): Promise<Page<ArtifactEntry>> => {
  const root = await rootOf(ctx, owner);
  const inside = checkFolderPath(path);
  const [given] = cursor === undefined ? [0] : decodeCursor(cursor, 1);
  const offset = Math.max(0, Math.trunc(Number(given)) || 0);
  const entries = await listArtifacts(ctx, inside === "" ? root : `${root}/${inside}`);
  const sorted = [...entries].sort((a, b) => Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1));
  const items = sorted.slice(offset, offset + limit).map(({ name, isFolder, size }) => ({ path: inside === "" ? name : `${inside}/${name}`, isFolder, size }));
  return { items, nextCursor: sorted.length > offset + limit ? encodeCursor([offset + limit]) : null };
};

export const openOwnFile = async (ctx: Context, owner: FilesOwner, path: string, range?: ByteRange): Promise<OpenedFile> =>
  openArtifact(ctx, `${await rootOf(ctx, owner)}/${checkFolderPath(path)}`, range);
