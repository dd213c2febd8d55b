import { Socket } from "node:net";

import { Client } from "pg";
import { from as copyFrom } from "pg-copy-streams";

import { copyHeader, copyTrailer } from "./copy-binary";

const sliceBytes = 65_536;

function* slices(tuples: Buffer): Generator<Buffer> {
  yield copyHeader;
  for (let at = 0; at < tuples.length; at += sliceBytes) yield tuples.subarray(at, at + sliceBytes);
  yield copyTrailer;
}

/** One connection to the log's database that can be cut off at once when the server no longer answers. */
export class LogSession {
  private readonly socket = new Socket();
  private readonly client: Client;
  isBroken = false;

  constructor(url: string, applicationName: string) {
    // pg connects the socket itself; holding it lets `cut` destroy it in whatever state the protocol is.
    this.client = new Client({ connectionString: url, application_name: applicationName, connectionTimeoutMillis: 5_000, keepAlive: true, stream: () => this.socket });
    this.client.on("error", () => (this.isBroken = true));
    this.client.on("end", () => (this.isBroken = true));
  }

  async open(): Promise<void> {
    await this.client.connect();
  }

  /** Runs one statement and returns how many rows it touched. */
  async run(sql: string, values: unknown[] = []): Promise<number> {
    return (await this.client.query(sql, values)).rowCount ?? 0;
  }

  /** Sends encoded tuples by COPY, in slices and no faster than the server takes them. */
  copy(sql: string, tuples: Buffer): Promise<void> {
    const stream = this.client.query(copyFrom(sql));
    return new Promise((resolve, reject) => {
      let hasFailed = false;
      stream.once("error", (error) => {
        hasFailed = true;
        reject(error);
      });
      stream.once("finish", resolve);
      const rest = slices(tuples);
      const write = (): void => {
        for (let next = rest.next(); !hasFailed; next = rest.next()) {
          if (next.done) return void stream.end();
          if (!stream.write(next.value)) return void stream.once("drain", write);
        }
      };
      write();
    });
  }

  /** Drops the connection without a word; whatever waits for an answer fails. */
  cut(): void {
    this.isBroken = true;
    this.socket.destroy();
  }

  async close(): Promise<void> {
    this.isBroken = true;
    await Promise.race([this.client.end(), new Promise((resolve) => setTimeout(resolve, 1000))]);
    this.socket.destroy();
  }
}
