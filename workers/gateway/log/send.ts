import { dayMs } from "@/lib/core/durations";
import { messageOf } from "@/lib/core/errors";
import { batchSchemaVersion } from "@/lib/inference/data-plane";
import type { Logger } from "@/lib/platform/log";

import { bisect, type Tuples } from "./bisect";
import { splitTuples } from "./copy-binary";
import type { Batch } from "./encode";
import { LogSession } from "./session";

const deadlineMs = 10_000;

const callColumns = "at, prediction_id, arm, workspace_id, endpoint_id, version_id, route_number, batch_id, request_id, unit, status, error, latency_us, upstream_us, request_bytes, response_bytes, has_body";
const copyCalls = `COPY inference.call (${callColumns}) FROM STDIN (FORMAT binary)`;
const copyBodies = "COPY inference.body (at, prediction_id, arm, batch_id, request, response, is_truncated, is_redacted) FROM STDIN (FORMAT binary)";
const insertBatch = `
  INSERT INTO inference.batch (id, gateway_id, process, number, rows, dropped, bodies_dropped, schema_version, first_at, last_at, written_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, date_trunc('milliseconds', clock_timestamp())) ON CONFLICT (id) DO NOTHING`;

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "");

/** Wrong values (class 22) and broken constraints (class 23, a missing partition among them) are about rows; everything else is about the database. */
const isAboutRows = (error: unknown): boolean => /^2[23]\w{3}$/.test(codeOf(error));

const timeOrNull = (atMs: number | null): Date | null => (atMs === null ? null : new Date(atMs));
const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** What became of a batch: how much of it could not be stored because Postgres refused the row itself. */
export type Sent = { refusedRows: number; refusedBodies: number };

/** Writes batches, each in one transaction, each at most once whatever happens to the connection in between. */
export class LogSender {
  private session: LogSession | undefined;

  constructor(
    private readonly url: string,
    private readonly applicationName: string,
    private readonly log: Logger,
  ) {}

  /** Raises the driver's error when the database can't take the batch now; the caller keeps it and tries again. */
  async send(batch: Batch): Promise<Sent> {
    const tuples = { calls: batch.calls, bodies: batch.bodies };
    try {
      await this.write(batch, tuples);
      return { refusedRows: 0, refusedBodies: 0 };
    } catch (error) {
      if (!isAboutRows(error)) throw error;
      this.log.warn({ batch: batch.id, reason: messageOf(error) }, "the database refuses rows of a batch; looking for them");
    }
    await this.ensurePartitions(batch);
    const good = await bisect(tuples, (part) => this.probe(part));
    const rows = splitTuples(good.calls).length;
    const refused = { refusedRows: batch.rows - rows, refusedBodies: good.lostBodies };
    await this.write({ ...batch, rows, dropped: batch.dropped + refused.refusedRows, bodiesDropped: batch.bodiesDropped + refused.refusedBodies }, good);
    return refused;
  }

  async close(): Promise<void> {
    await this.session?.close();
    this.session = undefined;
  }

  private write(batch: Batch, tuples: Tuples): Promise<void> {
    return this.within(async (session) => {
      const { id, gatewayId, process, number, rows, dropped, bodiesDropped } = batch;
      await session.run("BEGIN");
      const values = [id, gatewayId, process, number, rows, dropped, bodiesDropped, batchSchemaVersion, timeOrNull(batch.firstAtMs), timeOrNull(batch.lastAtMs)];
      // An earlier attempt whose COMMIT was not heard of has stored all of it.
      const isNew = (await session.run(insertBatch, values)) > 0;
      if (isNew) await this.copy(session, tuples);
      await session.run(isNew ? "COMMIT" : "ROLLBACK");
    });
  }

  private async copy(session: LogSession, { calls, bodies }: Tuples): Promise<void> {
    if (calls.length > 0) await session.copy(copyCalls, calls);
    if (bodies.length > 0) await session.copy(copyBodies, bodies);
  }

  /** Tells whether Postgres takes these rows, without keeping them. */
  private async probe(tuples: Tuples): Promise<boolean> {
    try {
      await this.within(async (session) => {
        await session.run("BEGIN");
        await this.copy(session, tuples);
        await session.run("ROLLBACK");
      });
      return true;
    } catch (error) {
      if (isAboutRows(error)) return false;
      throw error;
    }
  }

  /** Makes the partitions of a batch's days, where maintenance is behind; days far from today are wrong values. */
  private async ensurePartitions({ firstAtMs, lastAtMs }: Batch): Promise<void> {
    const first = Math.max(firstAtMs ?? 0, Date.now() - dayMs);
    const last = Math.min(lastAtMs ?? 0, Date.now() + dayMs);
    if (first > last) return;
    try {
      await this.within(async (session) => {
        await session.run("SELECT inference.ensure_partitions($1::date, $2::date)", [dayOf(first), dayOf(last)]);
      });
    } catch (error) {
      this.log.warn({ reason: messageOf(error) }, "partitions can't be made; maintenance must make them");
    }
  }

  /** Runs `work` on the open connection; a transaction that fails is rolled back, or the connection dropped. */
  private async within(work: (session: LogSession) => Promise<void>): Promise<void> {
    const session = await this.open();
    const timer = setTimeout(() => session.cut(), deadlineMs);
    try {
      await work(session);
    } catch (error) {
      if (isAboutRows(error) && !session.isBroken) await session.run("ROLLBACK");
      else session.cut();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private async open(): Promise<LogSession> {
    if (this.session && !this.session.isBroken) return this.session;
    const session = new LogSession(this.url, this.applicationName);
    this.session = session;
    try {
      await session.open();
      return session;
    } catch (error) {
      session.cut();
      throw error;
    }
  }
}
