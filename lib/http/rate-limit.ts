import { minuteMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";

import type { RateClass } from "./operation";
import { processWide } from "./process-wide";

/** Calls a minute and their burst, for each token, person or address in one process. */
export const rateLimits: Record<RateClass, { perMinute: number; burst: number }> = {
  read: { perMinute: 3000, burst: 1500 },
  write: { perMinute: 1200, burst: 600 },
  bulk: { perMinute: 6000, burst: 3000 },
};

type Bucket = { tokens: number; atMs: number };

const maxBuckets = 10_000;
const buckets = processWide<Map<string, Bucket>>("rate", () => new Map());

/** Takes one call out of the caller's bucket and returns the headers that say what is left; raises rate_limited when it is empty. */
export const takeRate = (principal: string, rateClass: RateClass, nowMs: number): Record<string, string> => {
  const { perMinute, burst } = rateLimits[rateClass];
  const key = `${rateClass}:${principal}`;
  const bucket = buckets.get(key) ?? { tokens: burst, atMs: nowMs };
  const tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / minuteMs) * perMinute);
  const isEmpty = tokens < 1;
  buckets.delete(key); // the youngest stand last, so that the first is the one to forget
  buckets.set(key, { tokens: isEmpty ? tokens : tokens - 1, atMs: nowMs });
  if (buckets.size > maxBuckets) forgetOldest();
  if (isEmpty) {
    const waitSeconds = Math.ceil(((1 - tokens) / perMinute) * 60);
    throw new AppError("rate_limited", "http.rate_limited", `More than ${perMinute} calls a minute. Try again in ${waitSeconds} s.`, { retryAfterSeconds: waitSeconds });
  }
  return {
    "ratelimit-policy": `"${rateClass}";q=${perMinute};w=60`,
    ratelimit: `"${rateClass}";r=${Math.floor(tokens - 1)};t=${Math.ceil(((burst - tokens) / perMinute) * 60)}`,
  };
};

const forgetOldest = (): void => {
  const oldest = buckets.keys().next();
  if (!oldest.done) buckets.delete(oldest.value);
};
