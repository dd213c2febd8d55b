import type { TokenGrant } from "@/lib/inference/data-plane";

import type { MetricSeries } from "./metrics";

/** What the primary tells a serving process. */
export type ToProcess =
  | { type: "start"; gatewayId: string; process: number; orphans: string[]; snapshot: string | null }
  | { type: "snapshot"; snapshot: string }
  | { type: "grant"; call: number; answer: GrantAnswer }
  | { type: "collect"; call: number }
  | { type: "scraped"; call: number; text: string }
  | { type: "shed"; connections: number }
  | { type: "stop" };

/** What a serving process tells the primary. */
export type ToPrimary =
  | { type: "hello" }
  | { type: "listening" }
  | { type: "failed"; message: string }
  | { type: "applied"; revision: number }
  | { type: "look-up"; call: number; hash: string }
  | { type: "scrape"; call: number }
  | { type: "collected"; call: number; series: MetricSeries[] }
  | { type: "load"; connections: number };

/** `away`: the database could not be asked, and nobody remembers the token. */
export type GrantAnswer = { kind: "known"; grant: TokenGrant } | { kind: "unknown" } | { kind: "away" };
