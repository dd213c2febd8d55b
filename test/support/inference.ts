import { Client } from "pg";

import { newId } from "@/lib/core/ids";

import type { TestDeps } from "./deps";

export type TestCall = {
  at: Date;
  predictionId?: string;
  arm?: "stable" | "candidate" | "shadow";
  workspaceId: string;
  endpointId: string;
  versionId: string | null;
  routeNumber?: number;
  requestId?: string;
  unit?: bigint;
  status?: number;
  latencyUs?: number;
  request?: unknown;
  response?: unknown;
};

export type WrittenBatch = { id: string; predictionIds: string[] };

const bytes = (body: unknown): Buffer | null => (body === undefined ? null : Buffer.from(JSON.stringify(body)));
let made = 0;

/** Writes one batch of the inference log as a gateway does: calls, bodies and the batch row in one transaction. */
export const writeBatch = async (deps: TestDeps, calls: readonly TestCall[], id: string = newId()): Promise<WrittenBatch> => {
  const client = new Client({ connectionString: deps.ownerUrl });
  await client.connect();
  const rows = calls.map((call) => ({ ...call, predictionId: call.predictionId ?? newId(call.at.getTime()), arm: call.arm ?? "stable" }));
  const times = rows.map((row) => row.at.getTime());
  made += 1;
  try {
    await client.query("BEGIN");
    const days = [new Date(Math.min(...times)), new Date(Math.max(...times))].map((at) => at.toISOString().slice(0, 10));
    if (rows.length > 0) await client.query("SELECT inference.ensure_partitions($1::date, $2::date)", days);
    await client.query(
      `INSERT INTO inference.call (at, prediction_id, arm, workspace_id, endpoint_id, version_id, route_number, batch_id, request_id, unit, status, error, latency_us, upstream_us, request_bytes, response_bytes, has_body)
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(at timestamptz, prediction_id uuid, arm text, workspace_id uuid, endpoint_id uuid, version_id uuid, route_number int, batch_id uuid, request_id text, unit bigint, status int, error text, latency_us int, upstream_us int, request_bytes int, response_bytes int, has_body boolean)`,
      [
        JSON.stringify(
          rows.map((row, index) => ({
            at: row.at,
            prediction_id: row.predictionId,
            arm: row.arm,
            workspace_id: row.workspaceId,
            endpoint_id: row.endpointId,
            version_id: row.versionId,
            route_number: row.routeNumber ?? 1,
            batch_id: id,
            request_id: row.requestId ?? null,
            unit: (row.unit ?? BigInt(index + made * 1_000_000)).toString(),
            status: row.status ?? 200,
            error: null,
            latency_us: row.latencyUs ?? 4_000,
            upstream_us: null,
            request_bytes: 0,
            response_bytes: 0,
            has_body: row.request !== undefined,
          })),
        ),
      ],
    );
    const bodies = rows.filter((row) => row.request !== undefined || row.response !== undefined);
    if (bodies.length > 0) {
      await client.query(
        "INSERT INTO inference.body (at, prediction_id, arm, batch_id, request, response, is_truncated, is_redacted) SELECT a, p, r, $4, q, s, false, false FROM unnest($1::timestamptz[], $2::uuid[], $3::text[], $5::bytea[], $6::bytea[]) AS x(a, p, r, q, s)",
        [bodies.map((row) => row.at), bodies.map((row) => row.predictionId), bodies.map((row) => row.arm), id, bodies.map((row) => bytes(row.request)), bodies.map((row) => bytes(row.response))],
      );
    }
    await client.query(
      "INSERT INTO inference.batch (id, gateway_id, process, number, rows, dropped, schema_version, first_at, last_at, written_at) VALUES ($1, 'test', 0, $2, $3, 0, 1, $4, $5, $6)",
      [id, made, rows.length, rows.length > 0 ? new Date(Math.min(...times)) : null, rows.length > 0 ? new Date(Math.max(...times)) : null, deps.clock.current()],
    );
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
  return { id, predictionIds: rows.map((row) => row.predictionId) };
};

/** The request and answer of one row of the digits example. */
export const digitsBodies = (pixels: readonly number[], predicted: number, score = 0.9): { request: unknown; response: unknown } => ({
  request: { inputs: [{ name: "X", shape: [1, pixels.length], datatype: "FP32", data: pixels }] },
  response: {
    model_name: "ver",
    model_version: "1",
    outputs: [
      { name: "label", datatype: "INT64", shape: [1], data: [predicted] },
      { name: "probabilities", datatype: "FP32", shape: [1, 10], data: Array.from({ length: 10 }, (_, digit) => (digit === predicted ? score : (1 - score) / 9)) },
    ],
  },
});

/** Forgets the hint that batches are counted, as if the consumer had died before leaving it. */
export const forgetHints = async (deps: TestDeps): Promise<void> => {
  const client = new Client({ connectionString: deps.ownerUrl });
  await client.connect();
  await client.query("UPDATE inference.batch SET consumed_at = NULL");
  await client.end();
};
