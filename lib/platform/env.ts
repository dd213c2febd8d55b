import { z } from "zod";

import { dayMs, hourMs, minuteMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";

import { readS3Settings, type S3Settings, s3Variables } from "./env-s3";
import { httpAddress, listeningPort } from "./ports";

const bytes = z.string().regex(/^\d+(\s?[KMGT]?B)?$/i).transform((text) => {
  const unit = /[KMGT]?B?$/i.exec(text)?.[0].toUpperCase().replace("B", "") ?? "";
  return parseInt(text, 10) * 1000 ** (["", "K", "M", "G", "T"].indexOf(unit));
});

/** A span of time such as `90s`, `24h` or `30d`, in milliseconds. */
const duration = (fallback: string) => z.string().regex(/^\d+(ms|s|m|h|d)$/, "must be a number with a unit: 90s, 15m, 24h or 30d").default(fallback).transform((text) => {
  const unit = /[a-z]+$/.exec(text)?.[0] ?? "ms";
  return parseInt(text, 10) * ({ ms: 1, s: 1_000, m: minuteMs, h: hourMs, d: dayMs }[unit] ?? 1);
});

const schema = z.object({
  ...s3Variables,
  DATABASE_URL: z.string().startsWith("postgres"),
  SLIPWAY_DIRECT_DATABASE_URL: z.string().startsWith("postgres").optional(),
  SLIPWAY_MIGRATION_DATABASE_URL: z.string().startsWith("postgres").optional(),
  SLIPWAY_LOG_DATABASE_URL: z.string().startsWith("postgres").optional(),
  REDIS_URL: z.string().regex(/^rediss?:/).optional(),
  SLIPWAY_HOME: z.string().default(".slipway"),
  SLIPWAY_HOST: z.string().default("127.0.0.1"),
  SLIPWAY_PORT: listeningPort(3000),
  SLIPWAY_GATEWAY_PORT: listeningPort(3001),
  SLIPWAY_RUNTIME_HOST: z.string().default("127.0.0.1"),
  SLIPWAY_RUNTIME_PORT: listeningPort(3002),
  SLIPWAY_WORKER_PORT: listeningPort(3003),
  SLIPWAY_GATEWAY_PROCESSES: z.coerce.number().int().min(1).max(64).default(2),
  SLIPWAY_PUBLIC_URL: httpAddress.optional(),
  SLIPWAY_GATEWAY_PUBLIC_URL: httpAddress.optional(),
  SLIPWAY_TRUSTED_PROXIES: z.string().default(""),
  SLIPWAY_INTERNAL_URL: httpAddress.optional(),
  SLIPWAY_RUNTIME_URL: httpAddress.optional(),
  SLIPWAY_RUNTIME_ALLOWED_HOSTS: z.string().optional(),
  SLIPWAY_WEBHOOK_ALLOWED_HOSTS: z.string().default(""),
  SLIPWAY_ARTIFACT_ROOT: z.string().optional(),
  SLIPWAY_SECRET_KEY: z.string().regex(/^[0-9a-f]{64}$/i, "must be 64 hex digits (32 bytes)"),
  SLIPWAY_ADMIN_EMAIL: z.string().optional(),
  SLIPWAY_ADMIN_PASSWORD: z.string().optional(),
  SLIPWAY_ADMIN_TOKEN: z.string().optional(),
  SLIPWAY_LOG_MAX_BYTES: bytes.default(10_000_000_000),
  SLIPWAY_UPLOAD_MAX_BYTES: bytes.default(10_000_000_000),
  SLIPWAY_WORKSPACE_MAX_BYTES: bytes.optional(),
  SLIPWAY_GC_DELETED_AFTER: duration("30d"),
  SLIPWAY_GC_ORPHANS_AFTER: duration("24h"),
  SLIPWAY_MONITORING_KEEP: duration("90d"),
  SLIPWAY_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
});

type Raw = z.infer<typeof schema>;

/** Settings of a process, validated; every default of the contract is applied here. */
export type Env = {
  databaseUrl: string;
  directDatabaseUrl: string;
  migrationDatabaseUrl: string;
  logDatabaseUrl: string;
  redisUrl: string | undefined;
  home: string;
  host: string;
  port: number;
  gatewayPort: number;
  runtimeHost: string;
  runtimePort: number;
  workerPort: number;
  gatewayProcesses: number;
  publicUrl: string;
  gatewayPublicUrl: string;
  /** Where other processes reach web, for model files. */
  internalUrl: string;
  /** Where the bundled runtime listens. */
  runtimeUrl: string;
  /** Which private addresses a maintainer may give for a model's server: names, addresses, networks, or the word loopback. */
  runtimeAllowedHosts: string[];
  /** Hosts (`name` or `name:port`) that webhooks may reach by plain http and at private addresses. */
  webhookAllowedHosts: string[];
  trustedProxies: string[];
  artifactRoot: string;
  /** Set exactly when the artifact root is an object store. */
  s3: S3Settings | undefined;
  secretKey: Buffer;
  adminEmail: string | undefined;
  adminPassword: string | undefined;
  adminToken: string | undefined;
  logMaxBytes: number;
  uploadMaxBytes: number;
  /** What the files of one workspace may take together; undefined: as much as there is. */
  workspaceMaxBytes: number | undefined;
  /** How long deleted runs, experiments, logged models and versions can be restored. */
  gcDeletedAfterMs: number;
  /** How long bytes stay that nothing refers to. */
  gcOrphansAfterMs: number;
  /** How long results of monitors and profiles of windows are kept. */
  monitoringKeepMs: number;
  logLevel: Raw["SLIPWAY_LOG_LEVEL"];
};

/** Validates a set of variables; raises invalid that names every missing or wrong one. */
export const parseEnv = (variables: Readonly<Record<string, string | undefined>>): Env => {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.code === "invalid_type" ? "is not set" : issue.message}`);
    throw new AppError("invalid", "env.invalid", `Settings are missing or wrong: ${problems.join("; ")}`);
  }
  const raw = parsed.data;
  const direct = raw.SLIPWAY_DIRECT_DATABASE_URL ?? raw.DATABASE_URL;
  const isLocal = /^(127\.|::1$|localhost$)/.test(raw.SLIPWAY_HOST);
  return {
    databaseUrl: raw.DATABASE_URL,
    directDatabaseUrl: direct,
    migrationDatabaseUrl: raw.SLIPWAY_MIGRATION_DATABASE_URL ?? direct,
    logDatabaseUrl: raw.SLIPWAY_LOG_DATABASE_URL ?? direct,
    redisUrl: raw.REDIS_URL,
    home: raw.SLIPWAY_HOME,
    host: raw.SLIPWAY_HOST,
    port: raw.SLIPWAY_PORT,
    gatewayPort: raw.SLIPWAY_GATEWAY_PORT,
    runtimeHost: raw.SLIPWAY_RUNTIME_HOST,
    runtimePort: raw.SLIPWAY_RUNTIME_PORT,
    workerPort: raw.SLIPWAY_WORKER_PORT,
    gatewayProcesses: raw.SLIPWAY_GATEWAY_PROCESSES,
    publicUrl: raw.SLIPWAY_PUBLIC_URL ?? `http://127.0.0.1:${raw.SLIPWAY_PORT}`,
    gatewayPublicUrl: raw.SLIPWAY_GATEWAY_PUBLIC_URL ?? `http://127.0.0.1:${raw.SLIPWAY_GATEWAY_PORT}`,
    internalUrl: raw.SLIPWAY_INTERNAL_URL ?? `http://127.0.0.1:${raw.SLIPWAY_PORT}`,
    runtimeUrl: raw.SLIPWAY_RUNTIME_URL ?? `http://127.0.0.1:${raw.SLIPWAY_RUNTIME_PORT}`,
    runtimeAllowedHosts: (raw.SLIPWAY_RUNTIME_ALLOWED_HOSTS ?? (isLocal ? "loopback" : "")).split(",").map((part) => part.trim().toLowerCase()).filter(Boolean),
    webhookAllowedHosts: raw.SLIPWAY_WEBHOOK_ALLOWED_HOSTS.split(",").map((part) => part.trim().toLowerCase()).filter(Boolean),
    trustedProxies: raw.SLIPWAY_TRUSTED_PROXIES.split(",").map((part) => part.trim()).filter(Boolean),
    artifactRoot: raw.SLIPWAY_ARTIFACT_ROOT ?? `${raw.SLIPWAY_HOME}/artifacts`,
    s3: readS3Settings(raw.SLIPWAY_ARTIFACT_ROOT, raw),
    secretKey: Buffer.from(raw.SLIPWAY_SECRET_KEY, "hex"),
    adminEmail: raw.SLIPWAY_ADMIN_EMAIL,
    adminPassword: raw.SLIPWAY_ADMIN_PASSWORD,
    adminToken: raw.SLIPWAY_ADMIN_TOKEN,
    logMaxBytes: raw.SLIPWAY_LOG_MAX_BYTES,
    uploadMaxBytes: raw.SLIPWAY_UPLOAD_MAX_BYTES,
    workspaceMaxBytes: raw.SLIPWAY_WORKSPACE_MAX_BYTES,
    gcDeletedAfterMs: raw.SLIPWAY_GC_DELETED_AFTER,
    gcOrphansAfterMs: raw.SLIPWAY_GC_ORPHANS_AFTER,
    monitoringKeepMs: raw.SLIPWAY_MONITORING_KEEP,
    logLevel: raw.SLIPWAY_LOG_LEVEL,
  };
};

let current: Env | undefined;

/** Settings of this process, read once. */
export const env = (): Env => (current ??= parseEnv(process.env));

/** True under `next dev` only. */
export const isDevelopment = process.env.NODE_ENV === "development";
