import { type Tx } from "@/lib/platform/db";

/** An endpoint of a model with its newest route, as far as versions are concerned. */
export type LiveEndpoint = {
  id: string;
  modelId: string;
  name: string;
  environment: string;
  isProduction: boolean;
  stableVersionId: string | null;
  previousVersionId: string | null;
  warmUntil: Date | null;
  candidateVersionId: string | null;
  candidateWeightBp: number;
  mirrorVersionId: string | null;
  mirrorBp: number;
  rolloutId: string | null;
  rolloutVersionId: string | null;
};

/** Endpoints of the models, with the route that the gateways were last told and the rollout that is under way. */
export const listLiveEndpoints = (tx: Tx, modelIds: readonly string[]): Promise<LiveEndpoint[]> =>
  modelIds.length === 0
    ? Promise.resolve([])
    : tx.$queryRaw<LiveEndpoint[]>`
        SELECT e.id, e.model_id AS "modelId", e.name, n.name AS environment, n.is_production AS "isProduction", e.stable_version_id AS "stableVersionId",
          e.previous_version_id AS "previousVersionId", e.warm_until AS "warmUntil", r.candidate_version_id AS "candidateVersionId",
          coalesce(r.candidate_weight_bp, 0) AS "candidateWeightBp", r.mirror_version_id AS "mirrorVersionId", coalesce(r.mirror_bp, 0) AS "mirrorBp",
          o.id AS "rolloutId", o.to_version_id AS "rolloutVersionId"
        FROM endpoint e JOIN environment n ON n.id = e.environment_id
        LEFT JOIN route_revision r ON r.endpoint_id = e.id AND r.number = e.route_number
        LEFT JOIN rollout o ON o.endpoint_id = e.id AND o.ended_at IS NULL
        WHERE e.model_id = ANY(${[...modelIds]}::uuid[]) AND e.deleted_at IS NULL
        ORDER BY n.position DESC, e.name`;

export type DeploymentSpan = { endpointId: string; versionId: string; fromAt: Date; isOpen: boolean };

/** When each version last came to each of the endpoints, and whether it is still there. */
export const listDeploymentSpans = (tx: Tx, endpointIds: readonly string[], versionIds: readonly string[]): Promise<DeploymentSpan[]> =>
  endpointIds.length === 0
    ? Promise.resolve([])
    : tx.$queryRaw<DeploymentSpan[]>`
        SELECT DISTINCT ON (endpoint_id, version_id) endpoint_id AS "endpointId", version_id AS "versionId", from_at AS "fromAt", to_at IS NULL AS "isOpen"
        FROM deployment WHERE endpoint_id = ANY(${[...endpointIds]}::uuid[]) AND version_id = ANY(${[...versionIds]}::uuid[])
        ORDER BY endpoint_id, version_id, from_at DESC`;

/** Those of the versions for which a promotion request is open or approved. */
export const listRequestedVersions = async (tx: Tx, versionIds: readonly string[]): Promise<Set<string>> => {
  const rows = await tx.promotionRequest.findMany({ where: { versionId: { in: [...versionIds] }, status: { in: ["OPEN", "APPROVED"] } }, select: { versionId: true }, distinct: ["versionId"] });
  return new Set(rows.map(({ versionId }) => versionId));
};

export type ActivityRow = { id: string; occurredAt: Date; action: string; actorType: string; canonical: string; actor: string | null };

/** Audit events about a version (or a model), newest first, by keyset, with the actor's name where it was not erased. */
export const listActivityRows = (tx: Tx, workspaceId: string, target: { type: string; id: string }, after: { at: Date; id: string } | undefined, limit: number): Promise<ActivityRow[]> =>
  tx.$queryRaw<ActivityRow[]>`
    SELECT e.id, e.occurred_at AS "occurredAt", e.action, e.actor_type AS "actorType", e.canonical, p.value AS actor
    FROM audit_event e LEFT JOIN audit_personal_value p ON p.event_id = e.id AND p.field = 'actor.name'
    WHERE e.workspace_id = ${workspaceId}::uuid AND e.target_type = ${target.type} AND e.target_id = ${target.id}
      AND (${after === undefined} OR (e.occurred_at, e.id) < (${after?.at ?? new Date(0)}, ${after?.id ?? "00000000-0000-0000-0000-000000000000"}::uuid))
    ORDER BY e.occurred_at DESC, e.id DESC LIMIT ${limit + 1}`;

/** The workspace that a version belongs to. */
export const findWorkspaceOf = async (tx: Tx, versionId: string): Promise<{ id: string; name: string }> => {
  const { model } = await tx.modelVersion.findUniqueOrThrow({ where: { id: versionId }, select: { model: { select: { workspace: { select: { id: true, name: true } } } } } });
  return model.workspace;
};
