import { messageOf } from "@/lib/core/errors";
import type { Logger } from "@/lib/platform/log";

import { diskState, type DiskState } from "./disk";
import { encodeBatch, type Batch } from "./encode";
import { sizeOf, type CallRow } from "./row";
import type { LogSender } from "./send";
import type { SpillFile } from "./spill";

export type WriterOptions = { gatewayId: string; process: number; budgetBytes: number; flushMs: number };
export type WriterStats = { rows: number; written: number; dropped: number; bodiesDropped: number; queueBytes: number; spilledBytes: number; isAway: boolean };

const maxBatchRows = 1000;
const maxBatchBytes = 4 * 1024 * 1024;
const backoffMs = [250, 500, 1000];

/**
 * Takes the rows of one serving process to the database in numbered batches. `record` never waits and never fails; what
 * can't be kept is counted and recorded with the next batch, so that over all batches rows + dropped = rows recorded.
 */
export class LogWriter {
  private readonly queue: CallRow[] = [];
  private readonly spills: SpillFile[];
  private pending: Batch | undefined;
  /** Batches that have a number but found no room on disk. */
  private readonly backlog: Batch[] = [];
  private lost = { rows: 0, bodies: 0 };
  private number = 0;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;
  private turning: Promise<void> | undefined;
  private relieving: Promise<void> | undefined;
  private isStopping = false;
  private isSpillFull = false;
  private disk: DiskState = diskState(1);
  private queueBytes = 0;
  private totals = { rows: 0, written: 0, dropped: 0, bodiesDropped: 0 };
  /** Called with the seconds that each write took. */
  onFlush: (seconds: number) => void = () => undefined;

  constructor(
    private readonly options: WriterOptions,
    private readonly sender: LogSender,
    private readonly ownSpill: SpillFile,
    orphans: SpillFile[],
    private readonly log: Logger,
  ) {
    this.spills = [...orphans, ownSpill];
  }

  get stats(): WriterStats {
    return { ...this.totals, queueBytes: this.queueBytes, spilledBytes: this.spills.reduce((sum, spill) => sum + spill.bytes, 0), isAway: this.failures > 0 };
  }

  setDisk(state: DiskState): void {
    if (state.allowsBodies !== this.disk.allowsBodies || state.allowsRows !== this.disk.allowsRows) this.log.warn({ ...state }, "free disk decides what the inference log keeps");
    this.disk = state;
  }

  start(): void {
    this.schedule(this.options.flushMs);
  }

  record(row: CallRow): void {
    this.totals.rows += 1;
    // An eighth of the budget is for rows without bodies, so that bodies give way first.
    const { budgetBytes } = this.options;
    if (row.bodies && (!this.disk.allowsBodies || this.queueBytes + sizeOf(row) > budgetBytes * 0.875)) {
      row.bodies = null;
      this.countLost(0, 1);
    }
    const size = sizeOf(row);
    if (!this.disk.allowsRows || this.queueBytes + size > budgetBytes) {
      this.countLost(1, 0);
      return;
    }
    this.queue.push(row);
    this.queueBytes += size;
    if (this.queue.length >= maxBatchRows && !this.turning && this.failures === 0) this.schedule(0);
    if (this.queueBytes > budgetBytes / 2) this.relieve();
  }

  /** Writes what is left, or spills it when the database does not take it until `deadlineMs` from now. */
  async stop(deadlineMs: number): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.turning;
    await this.relieving;
    const endAt = performance.now() + deadlineMs;
    this.failures = 0;
    while (this.hasUnsent && this.failures === 0 && performance.now() < endAt) await this.turn();
    if (this.pending) this.backlog.unshift(this.pending);
    this.pending = undefined;
    while (this.hasUnsent && (await this.spillNext()));
    if (this.hasUnsent) this.log.error({ bytes: this.queueBytes }, "rows of the inference log are lost: neither the database nor the disk takes them");
    await this.sender.close();
    for (const spill of this.spills) await spill.close();
  }

  private get hasUnsent(): boolean {
    return this.pending !== undefined || this.backlog.length + this.queue.length > 0 || this.lost.rows + this.lost.bodies > 0;
  }

  private countLost(rows: number, bodies: number): void {
    this.lost.rows += rows;
    this.lost.bodies += bodies;
    this.totals.dropped += rows;
    this.totals.bodiesDropped += bodies;
  }

  private schedule(delayMs: number): void {
    if (this.isStopping) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.turning = this.turn().finally(() => {
        this.turning = undefined;
        const backoff = backoffMs[Math.min(this.failures, backoffMs.length) - 1];
        this.schedule(backoff ?? (this.queue.length >= maxBatchRows ? 0 : this.options.flushMs));
      });
    }, delayMs);
  }

  /** Sends one batch, and one of those that were spilled. */
  private async turn(): Promise<void> {
    try {
      this.pending ??= this.backlog.shift() ?? (await this.form());
      if (this.pending) {
        await this.deliver(this.pending);
        this.queueBytes -= bytesOf(this.pending);
        this.pending = undefined;
      }
      await this.replay();
      if (this.failures > 0) this.log.info("the inference log's database is back");
      this.failures = 0;
      this.isSpillFull = false;
    } catch (error) {
      if (this.failures === 0) this.log.warn({ reason: messageOf(error) }, "the inference log's database does not take a batch; rows are kept");
      this.failures += 1;
    }
  }

  private async deliver(batch: Batch): Promise<void> {
    const startedAt = performance.now();
    const { refusedRows, refusedBodies } = await this.sender.send(batch);
    this.onFlush((performance.now() - startedAt) / 1000);
    this.totals.written += batch.rows - refusedRows;
    this.totals.dropped += refusedRows;
    this.totals.bodiesDropped += refusedBodies;
  }

  /** Takes the oldest rows out of the queue and gives them the next number; undefined when there is nothing to tell. */
  private async form(): Promise<Batch | undefined> {
    const { lost } = this;
    if (this.queue.length === 0 && lost.rows + lost.bodies === 0) return undefined;
    let count = 0;
    let bytes = 0;
    while (count < this.queue.length && count < maxBatchRows && bytes < maxBatchBytes) {
      const row = this.queue[count];
      bytes += row ? sizeOf(row) : 0;
      count += 1;
    }
    const rows = this.queue.splice(0, count);
    this.lost = { rows: 0, bodies: 0 };
    this.number += 1;
    const { gatewayId, process } = this.options;
    const batch = await encodeBatch(rows, { gatewayId, process, number: this.number, dropped: lost.rows, bodiesDropped: lost.bodies });
    this.queueBytes += bytesOf(batch) - bytes;
    return batch;
  }

  private async replay(): Promise<void> {
    const spill = this.spills.find((candidate) => candidate.bytes > 0);
    const next = await spill?.peek();
    if (!spill) return;
    if (next) {
      await this.deliver(next.batch);
      return spill.drop(next.size);
    }
    this.log.error({ file: spill.file, bytes: spill.bytes }, "the rest of a spilled log can't be read: it was cut off in the middle of a write");
    await spill.remove();
  }

  /** Moves batches to disk, beside a write that may hang, until half of the budget is free. */
  private relieve(): void {
    if (this.relieving || this.isSpillFull || this.isStopping || !this.disk.allowsBodies) return;
    const work = async (): Promise<void> => {
      while (this.queueBytes > this.options.budgetBytes / 2 && this.queue.length > 0 && (await this.spillNext()));
    };
    this.relieving = work().finally(() => (this.relieving = undefined));
  }

  /** Spills one batch; false when there is none, or when the file is full or the disk refuses: then it stays in memory. */
  private async spillNext(): Promise<boolean> {
    const batch = this.backlog.shift() ?? (await this.form());
    if (!batch) return false;
    try {
      if (await this.ownSpill.append(batch)) {
        this.queueBytes -= bytesOf(batch);
        return true;
      }
    } catch (error) {
      this.log.error({ reason: messageOf(error) }, "the inference log can't be spilled to disk");
    }
    this.isSpillFull = true;
    this.backlog.unshift(batch);
    return false;
  }
}

const bytesOf = (batch: Batch): number => batch.calls.length + batch.bodies.length;
