import { type Prisma, type Tx } from "@/lib/platform/db";

export type LabelRow = Prisma.LabelGetPayload<object>;

/** The newest label of each of these predictions that is not given up. */
export const readNewestLabels = (tx: Tx, predictionIds: readonly string[]): Promise<LabelRow[]> =>
  predictionIds.length === 0
    ? Promise.resolve([])
    : tx.$queryRaw`
      SELECT DISTINCT ON (prediction_id) id, workspace_id AS "workspaceId", endpoint_id AS "endpointId", prediction_id AS "predictionId", request_id AS "requestId", value,
        labelled_at AS "labelledAt", received_at AS "receivedAt", source, revision, state
      FROM label WHERE prediction_id = ANY(${[...predictionIds]}::uuid[]) AND state <> 'expired' ORDER BY prediction_id, revision DESC`;

export const insertLabels = async (tx: Tx, rows: readonly LabelRow[]): Promise<void> => {
  if (rows.length > 0) await tx.label.createMany({ data: [...rows] });
};

export const markJoined = async (tx: Tx, predictionIds: readonly string[]): Promise<void> => {
  if (predictionIds.length > 0) await tx.label.updateMany({ where: { predictionId: { in: [...predictionIds] }, state: "pending" }, data: { state: "joined" } });
};

/** Writes what is now known to be true of each leg. */
export const updateOutcomes = async (tx: Tx, rows: readonly { at: Date; predictionId: string; arm: string; label: string; labelRevision: number; loss: number | null }[]): Promise<void> => {
  if (rows.length === 0) return;
  await tx.$executeRaw`
    UPDATE prediction_outcome o SET label = x.label, label_revision = x."labelRevision", loss = x.loss
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS x(at timestamptz, "predictionId" uuid, arm text, label text, "labelRevision" int, loss float8)
    WHERE o.prediction_id = x."predictionId" AND o.at = x.at AND o.arm = x.arm`;
};

export type LossDelta = { endpointId: string; routeNumber: number; arm: string; labelled: number; lossSum: number; lossSumSquares: number };

export const addLosses = async (tx: Tx, deltas: readonly LossDelta[]): Promise<void> => {
  if (deltas.length === 0) return;
  await tx.$executeRaw`
    UPDATE arm_stats a SET labelled = a.labelled + x.labelled, loss_sum = a.loss_sum + x."lossSum", loss_sum_squares = a.loss_sum_squares + x."lossSumSquares"
    FROM jsonb_to_recordset(${JSON.stringify(deltas)}::jsonb) AS x("endpointId" uuid, "routeNumber" int, arm text, labelled int, "lossSum" float8, "lossSumSquares" float8)
    WHERE a.endpoint_id = x."endpointId" AND a.route_number = x."routeNumber" AND a.arm = x.arm`;
};

type Found = { predictionId: string; requestId: string; at: Date };

/** Predictions of an endpoint by the request ids of its clients, each once, newest first. */
export const findByRequestIds = (tx: Tx, endpointId: string, requestIds: readonly string[], from: Date, to: Date): Promise<Found[]> =>
  requestIds.length === 0
    ? Promise.resolve([])
    : tx.$queryRaw`
      SELECT prediction_id AS "predictionId", request_id AS "requestId", max(at) AS at FROM prediction_outcome
      WHERE endpoint_id = ${endpointId}::uuid AND request_id = ANY(${[...requestIds]}) AND at BETWEEN ${from} AND ${to} GROUP BY 1, 2 ORDER BY 3 DESC`;

export const listPendingLabels = (tx: Tx, limit: number) => tx.label.findMany({ where: { state: "pending" }, orderBy: [{ receivedAt: "asc" }, { id: "asc" }], take: limit });
export const countPendingLabels = (tx: Tx) => tx.label.count({ where: { state: "pending" } });
export const lockPendingLabels = async (tx: Tx, ids: readonly string[]): Promise<LabelRow[]> => tx.label.findMany({ where: { id: { in: [...ids] }, state: "pending" } });
export const expireLabels = async (tx: Tx, ids: readonly string[]): Promise<number> => (ids.length === 0 ? 0 : (await tx.label.updateMany({ where: { id: { in: [...ids] }, state: "pending" }, data: { state: "expired" } })).count);
export const setLabelPrediction = (tx: Tx, id: string, predictionId: string, revision: number) => tx.label.update({ where: { id }, data: { predictionId, revision } });

/** The grains of the windows that hold a moment of one version and arm. */
export const findWindowGrains = (tx: Tx, endpointIds: readonly string[], from: Date, to: Date): Promise<{ endpointId: string; versionId: string; arm: string; windowStart: Date; grainSeconds: number }[]> =>
  tx.$queryRaw`
    SELECT endpoint_id AS "endpointId", version_id AS "versionId", arm, window_start AS "windowStart", grain_seconds AS "grainSeconds" FROM window_profile
    WHERE endpoint_id = ANY(${[...endpointIds]}::uuid[]) AND window_start BETWEEN ${from} AND ${to}`;
