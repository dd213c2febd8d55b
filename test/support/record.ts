import { Client } from "pg";

import { parseId } from "@/lib/core/ids";

export type SystemRecord = Awaited<ReturnType<typeof openRecord>>;

export type Transition = { from: string; to: string; step: number };
export type RouteRow = { number: number; stable: number | null; candidate: number | null; candidateWeightBp: number; mirrorBp: number };
export type DeploymentRow = { version: number; role: string; isOpen: boolean };

type Change = { change?: { before?: { phase?: string; step?: number }; after?: { phase?: string; step?: number } } };

/** Steps of the machine that the table of lib/rollouts/README.md allows, without those that a person takes. */
const legal: { [from: string]: string[] } = {
  PENDING: ["PREPARING"],
  PREPARING: ["SHADOWING", "STEPPING", "PROMOTING", "ROLLING_BACK"],
  STEPPING: ["BAKING", "HELD", "ROLLING_BACK"],
  BAKING: ["STEPPING", "PROMOTING", "HELD", "ROLLING_BACK"],
  PROMOTING: ["POST_BAKE", "FINALIZING", "STUCK", "ROLLING_BACK"],
  POST_BAKE: ["FINALIZING", "ROLLING_BACK"],
  FINALIZING: ["SUCCEEDED"],
  ROLLING_BACK: ["ROLLED_BACK", "STUCK"],
};
export const isLegal = ({ from, to }: Transition): boolean => legal[from]?.includes(to) === true;

/** What the database of a running system says about rollouts, routes, deployments, audit and the inference log, read as its owner. */
export const openRecord = async (ownerUrl: string) => {
  const client = new Client({ connectionString: ownerUrl });
  client.on("error", () => undefined); // a database that a test stops; the next query says so
  await client.connect();
  const rows = async <T>(sql: string, values: unknown[] = []): Promise<T[]> => (await client.query(sql, values)).rows as T[];
  const one = async <T>(sql: string, values: unknown[] = []): Promise<T> => {
    const [row] = await rows<T>(sql, values);
    if (!row) throw new Error(`nothing found: ${sql}`);
    return row;
  };
  return {
    rows,
    one,
    close: () => client.end(),
    /** Connections that are open now, by the role of their process. */
    connections: async (): Promise<Record<string, number>> =>
      Object.fromEntries((await rows<{ role: string; count: number }>("SELECT usename AS role, count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1")).map(({ role, count }) => [role, count])),
    phase: async (rollout: string) => (await one<{ phase: string }>("SELECT phase FROM rollout WHERE id = $1", [parseId("rollout", rollout)])).phase,
    /** Changes of the rollout's row since it was made: one a transition. */
    changes: async (rollout: string) => (await one<{ seq: number }>("SELECT seq FROM rollout WHERE id = $1", [parseId("rollout", rollout)])).seq - 1,
    /** The transitions as the audit events of the rollout tell them, in their numbered order. */
    transitions: async (rollout: string): Promise<Transition[]> => {
      const events = await rows<{ canonical: string }>(
        "SELECT e.canonical FROM audit_event e JOIN audit_sequence s ON s.event_id = e.id WHERE e.target_type = 'rollout' AND e.target_id = $1 AND e.action <> 'rollout.start' ORDER BY s.seq",
        [rollout],
      );
      return events.map(({ canonical }) => {
        const { change } = JSON.parse(canonical) as Change;
        return { from: change?.before?.phase ?? "?", to: change?.after?.phase ?? "?", step: change?.after?.step ?? -1 };
      });
    },
    routes: (endpoint: string): Promise<RouteRow[]> =>
      rows(
        `SELECT r.number, s.number AS stable, c.number AS candidate, r.candidate_weight_bp AS "candidateWeightBp", r.mirror_bp AS "mirrorBp"
         FROM route_revision r JOIN endpoint e ON e.id = r.endpoint_id LEFT JOIN model_version s ON s.id = r.stable_version_id LEFT JOIN model_version c ON c.id = r.candidate_version_id
         WHERE e.name = $1 ORDER BY r.number`,
        [endpoint],
      ),
    deployments: (endpoint: string): Promise<DeploymentRow[]> =>
      rows(
        `SELECT v.number AS version, d.role, d.to_at IS NULL AS "isOpen" FROM deployment d JOIN endpoint e ON e.id = d.endpoint_id JOIN model_version v ON v.id = d.version_id
         WHERE e.name = $1 ORDER BY d.from_at, d.id`,
        [endpoint],
      ),
    /** How often an endpoint's alias was moved: in the transaction that moves its stable pointer, never else. */
    pointerMoves: async () => Number((await one<{ n: string }>("SELECT count(*) AS n FROM audit_event WHERE action = 'alias.set'")).n),
    /** Numbers missing in the audit sequence. */
    auditGaps: async () =>
      Number((await one<{ n: string }>("SELECT sum(missing) AS n FROM (SELECT max(seq) - count(*) AS missing FROM audit_sequence GROUP BY workspace_id) gaps")).n),
    log: () =>
      one<{ rows: number; dropped: number; calls: number; gaps: number; twice: number }>(
        `SELECT (SELECT coalesce(sum(rows), 0)::int FROM inference.batch) AS rows, (SELECT coalesce(sum(dropped), 0)::int FROM inference.batch) AS dropped,
           (SELECT count(*)::int FROM inference.call) AS calls,
           (SELECT coalesce(sum(missing), 0)::int FROM (SELECT max(number) - min(number) + 1 - count(*) AS missing FROM inference.batch GROUP BY gateway_id, process) g) AS gaps,
           (SELECT count(*)::int FROM (SELECT 1 FROM inference.call GROUP BY prediction_id, arm HAVING count(*) > 1) t) AS twice`,
      ),
    /** Batches that nobody counted yet, and what was counted against what the log holds; the client's own mistakes (4xx) are apart. */
    consumption: () =>
      one<{ waiting: number; batches: number; consumed: number; called: number; counted: number; profiled: number; units: number }>(
        `SELECT (SELECT count(*)::int FROM inference.batch WHERE consumed_at IS NULL) AS waiting, (SELECT count(*)::int FROM inference.batch) AS batches, (SELECT count(*)::int FROM consumed_batch) AS consumed,
           (SELECT count(*)::int FROM inference.call WHERE version_id IS NOT NULL AND NOT status BETWEEN 400 AND 499) AS called,
           (SELECT coalesce(sum(requests), 0)::int FROM arm_stats) AS counted, (SELECT coalesce(sum(requests), 0)::int FROM window_profile) AS profiled,
           (SELECT count(*)::int FROM exposure) AS units`,
      ),
    /** When a version was last called, by the gateway's log; null when it never did. */
    lastCallOf: async (version: string): Promise<Date | null> => (await one<{ at: Date | null }>("SELECT max(at) AS at FROM inference.call WHERE version_id = $1", [parseId("version", version)])).at,
    verdictAt: async (rollout: string, overall: string): Promise<Date | null> =>
      (await one<{ at: Date | null }>("SELECT min(at) AS at FROM rollout_verdict WHERE rollout_id = $1 AND overall = $2", [parseId("rollout", rollout), overall])).at,
  };
};

/** Requests that the gateway has sent to models, by its own metrics over all its serving processes. */
export const requestsServed = async (gatewayUrl: string): Promise<number> => {
  const text = await (await fetch(`${gatewayUrl}/metrics`)).text();
  return text.split("\n").filter((line) => line.startsWith("slipway_gateway_requests_total{")).reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
};
