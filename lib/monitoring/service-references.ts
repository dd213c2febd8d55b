import { createHash } from "node:crypto";

import { canonicalText, recordChange } from "@/lib/audit/server";
import { AppError } from "@/lib/core/errors";
import { formatId, newId } from "@/lib/core/ids";
import { authorize } from "@/lib/identity/server";
import { actorName, type Context, transact } from "@/lib/platform/context";
import { storedSignatureSchema } from "@/lib/registry";
import { loadServable, needVersion, versionTarget } from "@/lib/registry/server";
import { comparedCounts, type FeatureCounts } from "@/lib/stats";

import { binTexts } from "./bin-words";
import type { ReferenceCounts, ReferenceFeature, ReferenceSpec } from "./profiles";
import { buildReference, type ReferenceInput } from "./reference-rows";
import type { ReferenceView } from "./schema";
import * as store from "./store";

export const missingOf = (counts: FeatureCounts): number => counts.nullCount + counts.nanCount;

const toFeatureView = (feature: ReferenceFeature, counts: FeatureCounts | undefined): ReferenceView["features"][number] => {
  const bins = counts ? comparedCounts(counts) : [];
  const moments = counts?.kind === "numeric" && counts.moments.n > 0 ? counts.moments : null;
  return {
    name: feature.name,
    kind: feature.spec.kind,
    datatype: feature.datatype,
    rows: counts?.rows ?? 0,
    missing: counts ? missingOf(counts) : 0,
    mean: moments?.mean ?? null,
    min: moments?.min ?? null,
    max: moments?.max ?? null,
    bins: binTexts(feature.spec).map(({ label, isPoint }, index) => ({ label, isPoint, reference: bins[index] ?? 0 })),
  };
};

const toView = (row: store.ReferenceRow, model: string, version: number): ReferenceView => {
  const spec = row.spec as unknown as ReferenceSpec;
  const counts = row.counts as unknown as ReferenceCounts;
  return {
    id: formatId("reference", row.id),
    model,
    version,
    source: row.source,
    rows: row.rows,
    digest: row.digest,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    supersededAt: row.supersededAt?.toISOString() ?? null,
    features: spec.features.map((feature) => toFeatureView(feature, counts.features[feature.name])),
    predictions: counts.predictions ? Object.entries(counts.predictions).map(([value, count]) => ({ value, count })) : null,
  };
};

/**
 * Pins the distribution that the version's live data is compared with, from at least 1,000 rows as CSV or JSON, read as they come. What is
 * kept are bins and counts, no row. A newer reference takes over from the next window on; the older one stays for its windows.
 */
export const pinReference = async (ctx: Context, input: { model: string; number: number; source?: string | undefined } & ReferenceInput): Promise<ReferenceView> => {
  authorize(ctx, "monitor:write");
  const versionId = (await transact(ctx.deps, (tx) => needVersion(tx, ctx.workspace.id, input.model, input.number))).id;
  const servable = await transact(ctx.deps, (tx) => loadServable(tx, ctx.workspace.id, versionId));
  const signature = storedSignatureSchema.safeParse(servable?.signature);
  if (!signature.success) throw new AppError("conflict", "reference.no_signature", "The version's signature is not known yet: it is still being checked, or it was refused. Pin its reference when the inspection is done.");
  // Rows arrive as fast as the client sends them, so nothing of the database is held meanwhile.
  const built = await buildReference(signature.data, input);
  const digest = createHash("sha256").update(canonicalText({ spec: built.spec, counts: built.counts })).digest("hex");
  return transact(ctx.deps, async (tx, now) => {
    await store.lockVersionRow(tx, versionId);
    const current = await store.findCurrentReference(tx, versionId);
    if (current?.digest === digest) return toView(current, input.model, input.number);
    await store.supersedeReference(tx, versionId, now);
    const row = await store.insertReference(tx, {
      id: newId(now.getTime()),
      workspaceId: ctx.workspace.id,
      versionId,
      source: input.source ?? "upload",
      rows: built.rows,
      digest,
      spec: store.toJson(built.spec),
      counts: store.toJson(built.counts),
      createdBy: actorName(ctx.actor),
      createdAt: now,
    });
    await recordChange(tx, ctx, now, {
      action: "reference.pin",
      target: versionTarget({ id: versionId, model: input.model, number: input.number }),
      change: { before: current ? { reference: formatId("reference", current.id), digest: `sha256:${current.digest}` } : undefined, after: { reference: formatId("reference", row.id), digest: `sha256:${digest}`, rows: row.rows, features: built.spec.features.length, source: row.source } },
    });
    return toView(row, input.model, input.number);
  });
};

/** The reference pinned to a version; raises not_found where none is. */
export const getReference = (ctx: Context, model: string, number: number): Promise<ReferenceView> => {
  authorize(ctx, "monitor:read");
  return transact(ctx.deps, async (tx) => {
    const version = await needVersion(tx, ctx.workspace.id, model, number);
    const row = await store.findCurrentReference(tx, version.id);
    if (!row) throw new AppError("not_found", "reference.not_found", `No reference is pinned to ${model} v${number} yet. Pin one from at least 1,000 rows.`);
    return toView(row, model, number);
  });
};
