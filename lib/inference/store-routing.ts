import { formatId } from "@/lib/core/ids";
import type { Tx } from "@/lib/platform/db";

import { routingSnapshotVersion, type EndpointRoute, type RoutingSnapshot, type ServedVersion } from "./schema";
import { inputSpecs, scoringSpecOf, sensitiveFields } from "./signature";

type Signatures = Record<string, unknown>;
type Row = {
  newest: bigint;
  id: string | null;
  workspace_id: string;
  workspace: string;
  environment: string;
  name: string;
  is_anonymous: boolean;
  timeout_ms: number;
  profile_grain_seconds: number;
  runtime_kind: string;
  runtime_url: string;
  number: number | null;
  stable_version_id: string | null;
  candidate_version_id: string | null;
  candidate_weight_bp: number | null;
  mirror_version_id: string | null;
  mirror_bp: number | null;
  salt: string | null;
  signatures: Signatures | null;
  servers: Record<string, string> | null;
};

const served = (versionId: string | null, signatures: Signatures, { runtime_kind: kind, servers }: Row): ServedVersion | null => {
  if (versionId === null) return null;
  const signature = signatures[versionId];
  return { versionId, modelName: formatId("version", versionId), inputs: inputSpecs(signature), ...(kind === "mlflow" ? { scoring: scoringSpecOf(signature, servers?.[versionId] ?? "") } : {}) };
};

const toRoute = (id: string, row: Row): EndpointRoute => {
  const signatures = row.signatures ?? {};
  return {
    id,
    workspaceId: row.workspace_id,
    workspace: row.workspace,
    environment: row.environment,
    name: row.name,
    routeNumber: row.number ?? 0,
    stable: served(row.stable_version_id, signatures, row),
    candidate: served(row.candidate_version_id, signatures, row),
    candidateWeightBp: row.candidate_weight_bp ?? 0,
    mirror: served(row.mirror_version_id, signatures, row),
    mirrorBp: row.mirror_bp ?? 0,
    salt: row.salt ?? "",
    runtimeKind: row.runtime_kind,
    runtimeUrl: row.runtime_url,
    timeoutMs: row.timeout_ms,
    isAnonymous: row.is_anonymous,
    sensitive: sensitiveFields(Object.values(signatures)),
    grain: row.profile_grain_seconds,
  };
};

/** Reads all routes in one statement, hence of one moment: endpoints that are not deleted, each with its newest route revision. */
export const readRoutingSnapshot = async (db: Tx): Promise<RoutingSnapshot> => {
  const rows = await db.$queryRaw<Row[]>`
    SELECT top.newest, live.*
    FROM (SELECT coalesce(max(revision), 0) AS newest FROM route_revision) AS top
    LEFT JOIN (
      SELECT e.id, e.workspace_id, w.name AS workspace, v.name AS environment, e.name, e.is_anonymous, e.timeout_ms, e.profile_grain_seconds,
        t.kind AS runtime_kind, t.url AS runtime_url,
        r.number, r.stable_version_id, r.candidate_version_id, r.candidate_weight_bp, r.mirror_version_id, r.mirror_bp, r.salt,
        (SELECT jsonb_object_agg(m.id::text, jsonb_build_object('inputs', m.signature -> 'inputs', 'outputs', m.signature -> 'outputs', 'form', m.signature -> 'form', 'params', m.signature -> 'params'))
           FROM model_version m
          WHERE m.workspace_id = e.workspace_id AND m.id IN (r.stable_version_id, r.candidate_version_id, r.mirror_version_id)) AS signatures,
        (SELECT jsonb_object_agg(s.version_id::text, s.url) FROM model_server s
          WHERE s.runtime_id = e.runtime_id AND s.version_id IN (r.stable_version_id, r.candidate_version_id, r.mirror_version_id)) AS servers
      FROM endpoint e
      JOIN workspace w ON w.id = e.workspace_id
      JOIN environment v ON v.id = e.environment_id
      JOIN runtime t ON t.id = e.runtime_id
      LEFT JOIN LATERAL (SELECT * FROM route_revision x WHERE x.endpoint_id = e.id ORDER BY x.number DESC LIMIT 1) r ON true
      WHERE e.deleted_at IS NULL
    ) AS live ON true
    ORDER BY live.id`;
  return {
    schemaVersion: routingSnapshotVersion,
    revision: Number(rows[0]?.newest ?? 0n),
    endpoints: rows.flatMap((row) => (row.id === null ? [] : [toRoute(row.id, row)])),
  };
};
