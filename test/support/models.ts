import { readFile } from "node:fs/promises";

import { uploadBlob } from "@/lib/artifacts/server";
import type { Context } from "@/lib/platform/context";
import { createModel, createVersion, inspectVersion } from "@/lib/registry/server";

import type { TestDeps } from "./deps";

/** The bytes of one of the small ONNX models of the digits example. */
export const digitsModel = (name: "champion" | "challenger" | "harmful" = "champion"): Promise<Buffer> => readFile(new URL(`../../examples/digits/models/${name}.onnx`, import.meta.url));

/** A source that yields the bytes in pieces, as a request's body does. */
export const sourceOf = (bytes: Uint8Array, pieceBytes = 65_536): AsyncIterable<Uint8Array> => ({
  async *[Symbol.asyncIterator]() {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield await Promise.resolve(bytes.subarray(at, at + pieceBytes));
  },
});

/** Runs the inspections that were queued through `deps.jobs` since the last call. */
export const runInspections = async (deps: TestDeps): Promise<void> => {
  const queued = deps.jobs.sent.filter(({ name }) => name === "inspection.inspect");
  deps.jobs.sent.splice(0, deps.jobs.sent.length, ...deps.jobs.sent.filter(({ name }) => name !== "inspection.inspect"));
  for (const { payload } of queued) await inspectVersion(deps, String(payload["inspectionId"]));
};

export type MadeVersion = { model: string; number: number };

/** Uploads files and registers them as the next version of `model` (made if missing), inspected unless told otherwise. */
export const makeVersion = async (deps: TestDeps, ctx: Context, model: string, files: Record<string, Uint8Array>, input: { featureNames?: string[]; sensitive?: string[]; inspect?: boolean } = {}): Promise<MadeVersion> => {
  const existing = await deps.db.registeredModel.findFirst({ where: { workspaceId: ctx.workspace.id, name: model } });
  if (!existing) await createModel(ctx, { name: model });
  const uploaded = await Promise.all(Object.entries(files).map(async ([path, bytes]) => ({ path, sha256: (await uploadBlob(ctx, { source: sourceOf(bytes) })).sha256 })));
  const { featureNames, sensitive, inspect = true } = input;
  const { number } = await createVersion(ctx, model, { files: uploaded, ...(featureNames && { featureNames }), ...(sensitive && { sensitive }) });
  if (inspect) await runInspections(deps);
  return { model, number };
};
