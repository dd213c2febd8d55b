import { hash } from "node:crypto";

import type { TokenGrant } from "@/lib/inference/data-plane";

import type { GrantAnswer } from "./messages";

/** After `refreshMs` an answer is used once more while it is asked for again; after `staleMs` it is asked for first. */
const refreshMs = 4_000;
const staleMs = 8_000;
const refusalMs = 2_000;
const awayMs = 1_000;
const maxEntries = 10_000;

/** `away`: nobody can tell now. Null: no such token. */
export type Admission = TokenGrant | null | "away";

type Entry = { grant: TokenGrant | null; askedAtMs: number; retryAtMs: number; isAway: boolean; asking: Promise<Admission> | undefined };

const isOver = (grant: TokenGrant): boolean => grant.expiresAtMs <= Date.now();

/** What tokens may do, by the hash of their text; a revoked one is refused within 10 s, a known one works on while the database is away. */
export class TokenCache {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly ask: (tokenHash: string) => Promise<GrantAnswer>) {}

  /** Answers at once where it is known, which is nearly always. */
  admit(token: string): Admission | Promise<Admission> {
    const tokenHash = hash("sha256", token, "hex");
    const entry = this.entries.get(tokenHash);
    if (!entry) return this.refresh(tokenHash, undefined);
    const nowMs = performance.now();
    const ageMs = nowMs - entry.askedAtMs;
    if (entry.grant === null) return ageMs < refusalMs ? null : this.refresh(tokenHash, entry);
    // While the database is away nobody waits for it: the next answer is fetched beside the requests.
    if (ageMs >= staleMs && !entry.isAway) return this.refresh(tokenHash, entry);
    if (ageMs >= refreshMs && nowMs >= entry.retryAtMs) void this.refresh(tokenHash, entry);
    return isOver(entry.grant) ? null : entry.grant;
  }

  private refresh(tokenHash: string, known: Entry | undefined): Promise<Admission> {
    if (known?.asking) return known.asking;
    const entry: Entry = known ?? { grant: null, askedAtMs: -Infinity, retryAtMs: 0, isAway: false, asking: undefined };
    if (!known) this.remember(tokenHash, entry);
    entry.asking = this.resolve(entry, tokenHash).finally(() => (entry.asking = undefined));
    return entry.asking;
  }

  private async resolve(entry: Entry, tokenHash: string): Promise<Admission> {
    const answer = await this.ask(tokenHash);
    const nowMs = performance.now();
    entry.isAway = answer.kind === "away";
    if (answer.kind === "away") {
      entry.retryAtMs = nowMs + awayMs;
      if (entry.grant === null) return "away";
    } else {
      entry.grant = answer.kind === "known" ? answer.grant : null;
      entry.askedAtMs = nowMs;
    }
    return entry.grant && isOver(entry.grant) ? null : entry.grant;
  }

  private remember(tokenHash: string, entry: Entry): void {
    const [oldest] = this.entries.keys();
    if (this.entries.size >= maxEntries && oldest !== undefined) this.entries.delete(oldest);
    this.entries.set(tokenHash, entry);
  }
}

/** The token of an Authorization header; undefined when there is none of the kind Bearer. */
export const bearerToken = (header: string | undefined): string | undefined => (header && /^bearer /i.test(header) ? header.slice(7).trim() || undefined : undefined);
