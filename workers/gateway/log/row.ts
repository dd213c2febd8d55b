import type { CallError, SensitiveTensor } from "@/lib/inference";

/** What is kept of the bodies of one call, before redaction. */
export type CapturedBodies = {
  request: Buffer;
  response: Buffer | null;
  /** Null where the endpoint has no sensitive fields. */
  sensitive: { inputs: SensitiveTensor[]; outputs: SensitiveTensor[] } | null;
  isTruncated: boolean;
};

/** One row of inference.call, and of inference.body where `bodies` is there. */
export type CallRow = {
  atMs: number;
  predictionId: Buffer;
  arm: "stable" | "candidate" | "shadow";
  workspaceId: Buffer;
  endpointId: Buffer;
  versionId: Buffer | null;
  routeNumber: number;
  requestId: string | null;
  unit: bigint;
  status: number;
  error: CallError | null;
  latencyUs: number;
  upstreamUs: number | null;
  requestBytes: number;
  responseBytes: number;
  bodies: CapturedBodies | null;
};

/** Bytes that a row holds in memory: fixed part (objects and ids) and bodies. */
export const sizeOf = (row: CallRow): number => 480 + (row.requestId?.length ?? 0) + (row.bodies ? row.bodies.request.length + (row.bodies.response?.length ?? 0) : 0);
