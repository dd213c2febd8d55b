import { Client } from "pg";

import { messageOf } from "@/lib/core/errors";
import { readRoutingSnapshot, routeChannel, routingSnapshot } from "@/lib/inference/data-plane";
import type { Database } from "@/lib/platform/db";
import type { Logger } from "@/lib/platform/log";

import type { KeptFile } from "./kept-file";

const pollMs = 2_000;
const readTimeoutMs = 4_000;
const reconnectMs = 1_000;

const within = <T>(work: Promise<T>, timeoutMs: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)));
  return Promise.race([work, expiry]).finally(() => clearTimeout(timer));
};

/** Keeps the newest routing snapshot: announced by NOTIFY, polled besides, last good one kept on disk. */
export class SnapshotSource {
  private text: string | undefined;
  private reading: Promise<void> | undefined;
  private isReadAgain = false;
  private isAway = false;
  private isStopped = false;
  private listener: Client | undefined;
  private poll: NodeJS.Timeout | undefined;
  /** When the database last confirmed the snapshot, in wall-clock milliseconds; 0 while it runs from disk. */
  confirmedAtMs = 0;

  constructor(
    private readonly db: Database,
    private readonly listenUrl: string,
    private readonly file: KeptFile,
    private readonly log: Logger,
    private readonly onChange: (text: string) => void,
  ) {}

  get current(): string | undefined {
    return this.text;
  }

  /** Loads the kept snapshot, tries the database once for `patienceMs`, and keeps up from then on. */
  async start(patienceMs: number): Promise<void> {
    const kept = await this.file.read();
    if (kept !== undefined && routingSnapshot.safeParse(JSON.parse(kept)).success) this.text = kept;
    await Promise.race([this.refresh(), new Promise((resolve) => setTimeout(resolve, patienceMs))]);
    if (this.text !== undefined && this.confirmedAtMs === 0) this.log.warn("the database is away: routing from the last good snapshot on disk");
    this.poll = setInterval(() => void this.refresh(), pollMs);
    void this.listen();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.poll);
    await this.listener?.end().catch((error: unknown) => this.log.debug({ reason: messageOf(error) }, "the listening connection did not close in order"));
  }

  /** Reads the routes; a call during a read leads to one more, since the read may have missed what was announced. */
  refresh(): Promise<void> {
    if (this.reading) {
      this.isReadAgain = true;
      return this.reading;
    }
    this.reading = this.readAll().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async readAll(): Promise<void> {
    do {
      this.isReadAgain = false;
      await this.readOnce();
    } while (this.isReadAgain && !this.isStopped);
  }

  private async readOnce(): Promise<void> {
    try {
      const text = JSON.stringify(routingSnapshot.parse(await within(readRoutingSnapshot(this.db), readTimeoutMs)));
      this.confirmedAtMs = Date.now();
      if (this.isAway) this.log.info("the database is back");
      this.isAway = false;
      if (text === this.text || this.isStopped) return;
      this.text = text;
      this.onChange(text);
      await this.file.write(text);
    } catch (error) {
      if (!this.isAway && !this.isStopped) this.log.warn({ reason: messageOf(error) }, "the routes can't be read; serving from the last good snapshot");
      this.isAway = true;
    }
  }

  /** Holds one connection that LISTENs, and opens another when it breaks. */
  private async listen(): Promise<void> {
    if (this.isStopped) return;
    const client = new Client({ connectionString: this.listenUrl, application_name: "slipway-gateway-listen", connectionTimeoutMillis: 5_000, keepAlive: true });
    let isOver = false;
    const again = (): void => {
      if (isOver) return;
      isOver = true;
      setTimeout(() => void this.listen(), reconnectMs);
    };
    client.on("error", again);
    client.on("end", again);
    client.on("notification", () => void this.refresh());
    try {
      await client.connect();
      await client.query(`LISTEN ${routeChannel}`);
      this.listener = client;
      // What was announced while nobody listened.
      void this.refresh();
    } catch (error) {
      this.log.debug({ reason: messageOf(error) }, "LISTEN failed; polling goes on");
      again();
      client.end().catch((cause: unknown) => this.log.debug({ reason: messageOf(cause) }, "the listening connection did not close in order"));
    }
  }
}
