import cluster, { type Worker } from "node:cluster";

import { messageOf } from "@/lib/core/errors";
import { forgetOldGateways, reportProcesses } from "@/lib/inference/data-plane";
import { databaseClock } from "@/lib/platform/clock";
import type { Database } from "@/lib/platform/db";
import type { Logger } from "@/lib/platform/log";

import type { GrantBook } from "./grants";
import type { ToPrimary, ToProcess } from "./messages";
import { formatMetrics, mergeSeries, type MetricSeries } from "./metrics";
import type { OrphanBook } from "./orphans";
import { Sheds } from "./sheds";
import type { SnapshotSource } from "./snapshot";

const heartbeatMs = 2_000;
const collectMs = 1_000;
const stableMs = 1_000;
const maxRestartDelayMs = 5_000;

type Member = { worker: Worker; process: number; startedAt: number; applied: number | undefined; isListening: boolean; series: MetricSeries[] };

export type PrimaryOptions = { gatewayId: string; processes: number; db: Database; source: SnapshotSource; grants: GrantBook; orphans: OrphanBook; log: Logger; onFatal: (reason: string) => void };

/** Starts the serving processes and keeps their number; carries routes and tokens to them, and what they apply to the database. */
export class Primary {
  private readonly members = new Map<number, Member>();
  private readonly sheds = new Sheds();
  /** Counters of processes that ended: a sum must not fall because one of them did. */
  private retired: MetricSeries[] = [];
  private nextProcess = 0;
  private quickDeaths = 0;
  private hasListened = false;
  private isStopping = false;
  private reporting: Promise<void> | undefined;
  private isReportAgain = false;
  private collecting = new Map<number, (process: number, series: MetricSeries[]) => void>();
  private collectCalls = 0;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(private readonly options: PrimaryOptions) {}

  start(): void {
    for (let index = 0; index < this.options.processes; index += 1) this.fork();
    this.heartbeat = setInterval(() => void this.report(), heartbeatMs);
  }

  /** Hands a new snapshot to every process. */
  publish(snapshot: string): void {
    for (const { worker } of this.members.values()) this.send(worker, { type: "snapshot", snapshot });
  }

  /** Lets the processes drain and flush; resolves when all have ended, or were ended after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.isStopping = true;
    clearInterval(this.heartbeat);
    const ended = [...this.members.values()].map(({ worker }) => new Promise<void>((resolve) => worker.once("exit", () => resolve())));
    for (const { worker } of this.members.values()) this.send(worker, { type: "stop" });
    const timer = setTimeout(() => {
      for (const { worker } of this.members.values()) worker.process.kill("SIGKILL");
    }, deadlineMs);
    await Promise.all(ended);
    clearTimeout(timer);
    await this.report();
  }

  private send(worker: Worker, message: ToProcess): void {
    if (worker.isConnected()) worker.send(message);
  }

  private fork(): void {
    this.nextProcess += 1;
    const member: Member = { worker: cluster.fork(), process: this.nextProcess, startedAt: performance.now(), applied: undefined, isListening: false, series: [] };
    this.members.set(member.process, member);
    member.worker.on("message", (message: ToPrimary) => this.hear(member, message));
    member.worker.once("exit", (code: number | null, signal: string | null) => this.bury(member, signal ?? `code ${code ?? "?"}`));
    member.worker.on("error", (error) => this.options.log.warn({ process: member.process, reason: error.message }, "a serving process can't be reached"));
  }

  private bury(member: Member, how: string): void {
    this.members.delete(member.process);
    this.sheds.forget(member.process);
    this.retired = mergeSeries([this.retired, member.series.filter(({ kind }) => kind !== "gauge")]);
    if (this.isStopping) return;
    void this.report();
    const isQuick = performance.now() - member.startedAt < stableMs;
    this.quickDeaths = isQuick ? this.quickDeaths + 1 : 0;
    const delayMs = this.quickDeaths < 2 ? 0 : Math.min(maxRestartDelayMs, 100 * 2 ** this.quickDeaths);
    this.options.log.error({ process: member.process, how, delayMs }, "a serving process ended; starting another");
    if (delayMs === 0) this.fork();
    else setTimeout(() => this.isStopping || this.fork(), delayMs);
  }

  private hear(member: Member, message: ToPrimary): void {
    switch (message.type) {
      case "hello":
        return void this.welcome(member);
      case "listening":
        member.isListening = true;
        this.hasListened = true;
        this.options.log.info({ process: member.process, pid: member.worker.process.pid }, "serving");
        break;
      case "failed":
        if (!this.hasListened) this.options.onFatal(message.message);
        this.options.log.error({ process: member.process, reason: message.message }, "a serving process can't start");
        break;
      case "applied":
        member.applied = message.revision;
        return void this.report();
      case "look-up":
        return void this.options.grants.look(message.hash).then((answer) => this.send(member.worker, { type: "grant", call: message.call, answer }));
      case "scrape":
        return void this.collect().then((text) => this.send(member.worker, { type: "scraped", call: message.call, text }));
      case "collected":
        member.series = message.series;
        return this.collecting.get(message.call)?.(member.process, message.series);
      case "load":
        for (const { process, connections } of this.sheds.weigh(member.process, message.connections, this.members.size)) {
          const crowded = this.members.get(process);
          if (crowded) this.send(crowded.worker, { type: "shed", connections });
        }
    }
  }

  private async welcome(member: Member): Promise<void> {
    const live = new Set([...this.members.keys()].filter((process) => process !== member.process));
    const orphans = await this.options.orphans.take(member.process, live);
    this.send(member.worker, { type: "start", gatewayId: this.options.gatewayId, process: member.process, orphans, snapshot: this.options.source.current ?? null });
  }

  /** Writes what each process applies; at once when something changed, and every 2 s as a sign of life. */
  private async report(): Promise<void> {
    this.isReportAgain = true;
    this.reporting ??= this.reportAll().finally(() => (this.reporting = undefined));
    await this.reporting;
  }

  private async reportAll(): Promise<void> {
    const { db, gatewayId, log } = this.options;
    while (this.isReportAgain) {
      this.isReportAgain = false;
      const reports = [...this.members.values()].flatMap(({ process, applied }) => (applied === undefined ? [] : [{ process, appliedRevision: applied }]));
      try {
        await reportProcesses(db, gatewayId, reports, await databaseClock.now(db));
      } catch (error) {
        // The next heartbeat tries again; the reading of routes has told already that the database is away.
        log.debug({ reason: messageOf(error) }, "applied revisions can't be reported");
      }
    }
  }

  /** Forgets gateways of former days; once a start. */
  async tidy(): Promise<void> {
    const { db, log } = this.options;
    try {
      await forgetOldGateways(db, await databaseClock.now(db));
    } catch (error) {
      log.debug({ reason: messageOf(error) }, "old gateways can't be forgotten now");
    }
  }

  /** Metrics of all processes; of one that does not answer in time, the last known ones. */
  private async collect(): Promise<string> {
    this.collectCalls += 1;
    const call = this.collectCalls;
    const missing = new Set(this.members.keys());
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, collectMs);
      this.collecting.set(call, (process) => {
        missing.delete(process);
        if (missing.size > 0) return;
        clearTimeout(timer);
        resolve();
      });
      for (const { worker } of this.members.values()) this.send(worker, { type: "collect", call });
    });
    this.collecting.delete(call);
    const { confirmedAtMs } = this.options.source;
    const own: MetricSeries[] = [
      { name: "slipway_gateway_processes", kind: "gauge", help: "Serving processes that listen.", labels: "", value: [...this.members.values()].filter(({ isListening }) => isListening).length },
      { name: "slipway_gateway_snapshot_age_seconds", kind: "gauge", help: "Time since the database confirmed the routes.", labels: "", value: confirmedAtMs === 0 ? -1 : (Date.now() - confirmedAtMs) / 1000 },
    ];
    return formatMetrics(mergeSeries([own, this.retired, ...[...this.members.values()].map(({ series }) => series)]));
  }
}
