import { readFileSync } from "node:fs";
import { z } from "zod";

import { AppError } from "@/lib/core/errors";

import { listeningPort } from "./ports";

const whole = (fallback: number, min: number, max: number) => z.coerce.number().int().min(min).max(max).default(fallback);

const schema = z.object({
  SLIPWAY_RUNTIME_HOST: z.string().default("127.0.0.1"),
  SLIPWAY_RUNTIME_PORT: listeningPort(3002),
  SLIPWAY_RUNTIME_CACHE: z.string(),
  SLIPWAY_RUNTIME_SECRET: z.string().optional(),
  SLIPWAY_RUNTIME_SECRET_FILE: z.string().optional(),
  SLIPWAY_RUNTIME_CACHE_MAX_BYTES: whole(10_000_000_000, 1, Number.MAX_SAFE_INTEGER),
  SLIPWAY_RUNTIME_BODY_MAX_BYTES: whole(8_000_000, 1_024, 1_000_000_000),
  SLIPWAY_RUNTIME_TIMEOUT_MS: whole(10_000, 50, 600_000),
  SLIPWAY_RUNTIME_MAX_BATCH_ROWS: whole(256, 1, 65_536),
  SLIPWAY_RUNTIME_MAX_QUEUE: whole(1_024, 1, 1_000_000),
  SLIPWAY_RUNTIME_THREADS: whole(1, 1, 256),
  SLIPWAY_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

/** Settings of the bundled runtime; the only ones that it reads. */
export type RuntimeEnv = {
  host: string;
  port: number;
  /** The only folder that the process reads and writes. */
  cacheFolder: string;
  secret: string;
  cacheMaxBytes: number;
  bodyMaxBytes: number;
  /** How long a request may wait for its model, and a run may take; a model that takes longer is taken for hung. */
  timeoutMs: number;
  /** Rows of different requests that may run together; 1 switches batching off. */
  maxBatchRows: number;
  /** Requests that may wait for one model before new ones are turned away. */
  maxQueue: number;
  /** Threads that one run of a model uses inside ONNX Runtime. */
  threads: number;
  logLevel: z.infer<typeof schema>["SLIPWAY_LOG_LEVEL"];
};

const minSecretLength = 16;

/** Validates the runtime's variables; raises invalid that names every missing or wrong one. `readFile` reads the secret's file. */
export const parseRuntimeEnv = (variables: NodeJS.ProcessEnv, readFile: (path: string) => string = (path) => readFileSync(path, "utf8")): RuntimeEnv => {
  const parsed = schema.safeParse(Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== "")));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code === "invalid_type" && issue.input === undefined ? "is not set" : issue.message}`);
    throw new AppError("invalid", "env.invalid", `Settings are missing or wrong: ${problems.join("; ")}`);
  }
  const raw = parsed.data;
  return {
    host: raw.SLIPWAY_RUNTIME_HOST,
    port: raw.SLIPWAY_RUNTIME_PORT,
    cacheFolder: raw.SLIPWAY_RUNTIME_CACHE,
    secret: readSecret(raw, readFile),
    cacheMaxBytes: raw.SLIPWAY_RUNTIME_CACHE_MAX_BYTES,
    bodyMaxBytes: raw.SLIPWAY_RUNTIME_BODY_MAX_BYTES,
    timeoutMs: raw.SLIPWAY_RUNTIME_TIMEOUT_MS,
    maxBatchRows: raw.SLIPWAY_RUNTIME_MAX_BATCH_ROWS,
    maxQueue: raw.SLIPWAY_RUNTIME_MAX_QUEUE,
    threads: raw.SLIPWAY_RUNTIME_THREADS,
    logLevel: raw.SLIPWAY_LOG_LEVEL,
  };
};

const readSecret = (raw: z.infer<typeof schema>, readFile: (path: string) => string): string => {
  let secret = raw.SLIPWAY_RUNTIME_SECRET;
  if (raw.SLIPWAY_RUNTIME_SECRET_FILE !== undefined) {
    try {
      secret = readFile(raw.SLIPWAY_RUNTIME_SECRET_FILE).trim();
    } catch (cause) {
      throw new AppError("invalid", "env.invalid", `SLIPWAY_RUNTIME_SECRET_FILE (${raw.SLIPWAY_RUNTIME_SECRET_FILE}) can't be read.`, { cause });
    }
  }
  if (secret === undefined) throw new AppError("invalid", "env.invalid", "Set SLIPWAY_RUNTIME_SECRET or SLIPWAY_RUNTIME_SECRET_FILE: every call but health needs it.");
  if (secret.length < minSecretLength) throw new AppError("invalid", "env.invalid", `The runtime's secret has ${secret.length} characters; use at least ${minSecretLength}.`);
  return secret;
};

/** Settings of this runtime process. */
export const runtimeEnv = (): RuntimeEnv => parseRuntimeEnv(process.env);
