import { setImmediate as nextTurn } from "node:timers/promises";

import { newId } from "@/lib/core/ids";

import { uuidBytes } from "../routing-table";
import { TupleWriter } from "./copy-binary";
import { redactRequest, redactResponse } from "./redact";
import type { CallRow, CapturedBodies } from "./row";

export const maxBodyBytes = 65_536;

/** Encoded rows with the number under which they are written; `calls` and `bodies` are tuples of a binary COPY. */
export type Batch = {
  id: string;
  gatewayId: string;
  process: number;
  number: number;
  rows: number;
  dropped: number;
  bodiesDropped: number;
  firstAtMs: number | null;
  lastAtMs: number | null;
  calls: Buffer;
  bodies: Buffer;
};

type StoredBodies = { request: Buffer | null; response: Buffer | null; isTruncated: boolean; isRedacted: boolean };

const cut = (body: Buffer | null): Buffer | null => (body && body.length > maxBodyBytes ? body.subarray(0, maxBodyBytes) : body);

/** What may be stored of a call's bodies; null when nothing may. */
export const storableBodies = (bodies: CapturedBodies, status: number): StoredBodies | null => {
  let { request, response }: { request: Buffer | null; response: Buffer | null } = bodies;
  if (bodies.sensitive) {
    request = redactRequest(request, bodies.sensitive.inputs);
    // The text of an error may repeat what it complains about.
    response = response && status < 400 ? redactResponse(response, bodies.sensitive.outputs) : null;
    if (!request && !response) return null;
  }
  const isTruncated = bodies.isTruncated || (request?.length ?? 0) > maxBodyBytes || (response?.length ?? 0) > maxBodyBytes;
  return { request: cut(request), response: cut(response), isTruncated, isRedacted: bodies.sensitive !== null };
};

const writeBodies = (writer: TupleWriter, row: CallRow, batchId: Buffer, stored: StoredBodies): void => {
  writer.tuple(8);
  writer.time(row.atMs);
  writer.bytes(row.predictionId);
  writer.text(row.arm);
  writer.bytes(batchId);
  writer.bytes(stored.request);
  writer.bytes(stored.response);
  writer.flag(stored.isTruncated);
  writer.flag(stored.isRedacted);
};

const writeCall = (writer: TupleWriter, row: CallRow, batchId: Buffer, hasBody: boolean): void => {
  writer.tuple(17);
  writer.time(row.atMs);
  writer.bytes(row.predictionId);
  writer.text(row.arm);
  writer.bytes(row.workspaceId);
  writer.bytes(row.endpointId);
  writer.bytes(row.versionId);
  writer.int(row.routeNumber);
  writer.bytes(batchId);
  writer.text(row.requestId);
  writer.long(row.unit);
  writer.int(row.status);
  writer.text(row.error);
  writer.int(row.latencyUs);
  writer.int(row.upstreamUs);
  writer.int(row.requestBytes);
  writer.int(row.responseBytes);
  writer.flag(hasBody);
};

/** Encodes rows as a batch; lets requests pass between slices of 50 rows. Bodies that may not be stored count as dropped. */
export const encodeBatch = async (rows: readonly CallRow[], head: Pick<Batch, "gatewayId" | "process" | "number" | "dropped" | "bodiesDropped">): Promise<Batch> => {
  const id = newId();
  const batchId = uuidBytes(id);
  const calls = new TupleWriter(Math.max(1024, rows.length * 256));
  const bodies = new TupleWriter(Math.max(1024, rows.reduce((sum, row) => sum + (row.bodies ? 128 + row.bodies.request.length + (row.bodies.response?.length ?? 0) : 0), 0)));
  let { bodiesDropped } = head;
  for (const [index, row] of rows.entries()) {
    const stored = row.bodies ? storableBodies(row.bodies, row.status) : null;
    if (row.bodies && !stored) bodiesDropped += 1;
    writeCall(calls, row, batchId, stored !== null);
    if (stored) writeBodies(bodies, row, batchId, stored);
    if (index % 50 === 49) await nextTurn();
  }
  const times = rows.map((row) => row.atMs);
  return {
    ...head,
    id,
    rows: rows.length,
    bodiesDropped,
    firstAtMs: times.length > 0 ? Math.min(...times) : null,
    lastAtMs: times.length > 0 ? Math.max(...times) : null,
    calls: calls.take(),
    bodies: bodies.take(),
  };
};
