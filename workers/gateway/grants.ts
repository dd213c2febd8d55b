import { z } from "zod";

import { messageOf } from "@/lib/core/errors";
import { findTokenGrant, touchToken, type TokenGrant } from "@/lib/inference/data-plane";
import { databaseClock } from "@/lib/platform/clock";
import type { Database } from "@/lib/platform/db";
import type { Logger } from "@/lib/platform/log";

import type { KeptFile } from "./kept-file";
import type { GrantAnswer } from "./messages";

const patienceMs = 1_000;
const keepDelayMs = 1_000;
const maxKept = 5_000;

const keptGrants = z.array(
  z.tuple([z.string(), z.object({ workspaceId: z.string(), mayPredict: z.boolean(), mayReadMetrics: z.boolean(), endpointIds: z.array(z.string()), expiresAtMs: z.number() })]),
);

/** Asks the database about tokens, and remembers by their hashes those that it confirmed, for the time when it is away. */
export class GrantBook {
  private readonly known = new Map<string, TokenGrant>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    private readonly file: KeptFile,
    private readonly log: Logger,
  ) {}

  async load(): Promise<void> {
    const text = await this.file.read();
    const parsed = text === undefined ? undefined : keptGrants.safeParse(JSON.parse(text));
    for (const [hash, grant] of parsed?.data ?? []) this.known.set(hash, grant);
  }

  /** Asks about the SHA-256 (hex) of a token's text. */
  async look(hash: string): Promise<GrantAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const expiry = new Promise<never>((_resolve, reject) => (timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs)));
    try {
      const grant = await Promise.race([this.read(hash), expiry]);
      this.remember(hash, grant);
      return grant ? { kind: "known", grant } : { kind: "unknown" };
    } catch (error) {
      const grant = this.known.get(hash);
      this.log.debug({ reason: messageOf(error), isRemembered: grant !== undefined }, "a token can't be looked up");
      return grant ? { kind: "known", grant } : { kind: "away" };
    } finally {
      clearTimeout(timer);
    }
  }

  private async read(hash: string): Promise<TokenGrant | null> {
    const tokenHash = Buffer.from(hash, "hex");
    const now = await databaseClock.now(this.db);
    const grant = await findTokenGrant(this.db, tokenHash, now);
    if (grant) touchToken(this.db, tokenHash, now).catch((error: unknown) => this.log.debug({ reason: messageOf(error) }, "a token's last use can't be noted"));
    return grant;
  }

  private remember(hash: string, grant: TokenGrant | null): void {
    const before = this.known.get(hash);
    if (JSON.stringify(before ?? null) === JSON.stringify(grant)) return;
    this.known.delete(hash);
    const [oldest] = this.known.keys();
    if (this.known.size >= maxKept && oldest !== undefined) this.known.delete(oldest);
    if (grant) this.known.set(hash, grant);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.file.write(JSON.stringify([...this.known]));
    }, keepDelayMs);
  }
}
