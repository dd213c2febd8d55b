import { AppError } from "@/lib/core/errors";
import type { BlobStore } from "@/lib/platform/blobs";
import { type Deps, transact } from "@/lib/platform/context";
import { sqlOn } from "@/lib/platform/db";

import { readMlmodelFile } from "./bundle";
import { inspectFiles, inspectorVersion } from "./inspect";
import { defaultLimits } from "./limits";
import { type BundleFile, type InspectionResult, type OpenFile } from "./schema";
import { type Claim, claimRow, listDueRows, requeueRow } from "./store";

/** Longer than an inspection may take, so that a lease only ends when its worker is gone. */
const leaseMs = 180_000;
const timeoutMs = 120_000;
const maxAttempts = 5;
const retryDelayMs = 5_000;
const maxDue = 100;

/** Takes a due inspection for this worker; undefined when there is nothing to do. */
export const claimInspection = async ({ db, clock }: Deps, id: string): Promise<Claim | undefined> => {
  const now = await clock.now(db);
  return claimRow(sqlOn(db), id, now, new Date(now.getTime() + leaseMs));
};

/** Ids of inspections that the queue lost. */
export const listDueInspections = (deps: Deps): Promise<string[]> => transact(deps, (tx, now) => listDueRows(tx, now, maxDue));

/**
 * Reads the files of a bundle through the blob store and says what they are. What the inspector can't finish within its time,
 * or after several failures of the store, becomes the verdict `unverified` with the reason; until then the failure is raised.
 */
export const inspectBundle = async (blobs: BlobStore, files: readonly BundleFile[], claim: Claim): Promise<InspectionResult> => {
  try {
    return await withTimeout(inspectFiles(files, opener(blobs, files)));
  } catch (error) {
    if (claim.attempt < maxAttempts) throw error;
    return giveUp(error instanceof Error ? error.message : String(error));
  }
};

/** What is read whole the first time: most files are looked at several times, and each look opens them. */
const wholeBytes = 64 << 10;

const opener = (blobs: BlobStore, files: readonly BundleFile[]): OpenFile => {
  const found = new Map(files.map((file) => [file.path, file]));
  const wholes = new Map<string, Promise<Uint8Array>>();
  return (path) => {
    const { sha256 = "", size = 0 } = found.get(path) ?? {};
    if (size > wholeBytes) return { read: (offset, length) => blobs.read(sha256, offset, length) };
    const readWhole = (): Promise<Uint8Array> => {
      const whole = wholes.get(sha256) ?? blobs.read(sha256, 0, size);
      wholes.set(sha256, whole);
      return whole;
    };
    return { read: async (offset, length) => (await readWhole()).subarray(offset, offset + length) };
  };
};

export type Flavors = { name: string; version: string | null }[];

/** The flavours that the bundle's MLmodel file states, as its author wrote them; null where there is none that can be read. */
export const readFlavors = async (blobs: BlobStore, files: readonly BundleFile[]): Promise<Flavors | null> => {
  const { summary } = (await readMlmodelFile(files, opener(blobs, files), defaultLimits)) ?? {};
  return summary?.flavors.map(({ name, version }) => ({ name, version })) ?? null;
};

/** Gives an inspection back for a later attempt; each one waits longer than the last. */
export const postponeInspection = (deps: Deps, claim: Claim): Promise<void> =>
  transact(deps, (tx, now) => requeueRow(tx, claim, new Date(now.getTime() + retryDelayMs * 2 ** (claim.attempt - 1))));

const giveUp = (reason: string): InspectionResult => ({
  inspector: "onnx",
  inspectorVersion,
  verdict: "unverified",
  format: "unknown",
  findings: [{ code: "inspection.failed", severity: "quarantine", path: "", message: `The files could not be inspected: ${reason} Register the version again; when it fails again, ask the operator to look at the worker's log.` }],
  summary: null,
  mlflow: null,
  signature: null,
});

const withTimeout = async <T>(work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError("timeout", "inspection.timeout", `The inspection took longer than ${timeoutMs / 1000} s.`)), timeoutMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
};
