import path from "node:path";

import { AppError } from "@/lib/core/errors";
import { type Env, parseEnv } from "@/lib/platform/env";
import { internalSecret } from "@/lib/platform/keys";

import type { OpenedDatabase } from "./database";
import type { Secrets } from "./home";

type Variables = Record<string, string | undefined>;

/** Variables of the operator's shell that our own processes may see. */
const passed = /^(PATH|HOME|LANG|LC_.*|TZ|TMPDIR|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|REDIS_URL|SLIPWAY_.*)$/;
/** Read by the supervisor alone. */
const kept = /^SLIPWAY_(ADMIN_.*|MIGRATION_DATABASE_URL|POSTGRES_PORT|AUDIT_KEY)$/;

/** The installation's secret: given, or generated into the home of an embedded installation. */
export const chooseSecretKey = (variables: Variables, secrets: Secrets): string => {
  const given = variables["SLIPWAY_SECRET_KEY"];
  if (given) return given;
  if (variables["DATABASE_URL"]) throw new AppError("invalid", "env.no_secret_key", "SLIPWAY_SECRET_KEY is not set. With DATABASE_URL give every process the same 64 hex digits, made once by: openssl rand -hex 32");
  return secrets.secretKey;
};

/** Variables of one of our processes, with its own role of the database. Only those that keep artifacts get the keys of an object store. */
export const childVariables = (variables: Variables, home: string, secretKey: string, databaseUrl: string, keepsArtifacts: boolean): Record<string, string> => {
  const isPassed = (name: string): boolean => (passed.test(name) && !kept.test(name)) || (keepsArtifacts && name.startsWith("AWS_"));
  const own = Object.fromEntries(Object.entries(variables).filter((pair): pair is [string, string] => pair[1] !== undefined && isPassed(pair[0])));
  return { ...own, NODE_ENV: "production", SLIPWAY_HOME: home, SLIPWAY_SECRET_KEY: secretKey, DATABASE_URL: databaseUrl };
};

/** The runtime runs files that others uploaded: it starts with an emptied environment. */
export const runtimeVariables = (variables: Variables, env: Env): Record<string, string> => {
  const own = Object.fromEntries(Object.entries(variables).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[0].startsWith("SLIPWAY_RUNTIME_") && pair[0] !== "SLIPWAY_RUNTIME_URL"));
  return {
    PATH: variables["PATH"] ?? "",
    NODE_ENV: "production",
    SLIPWAY_RUNTIME_HOST: env.runtimeHost,
    SLIPWAY_RUNTIME_PORT: String(env.runtimePort),
    SLIPWAY_RUNTIME_CACHE: path.join(env.home, "runtime-cache"),
    SLIPWAY_RUNTIME_SECRET: internalSecret(env.secretKey, "runtime"),
    SLIPWAY_LOG_LEVEL: env.logLevel,
    ...own,
  };
};

/** Raises invalid that names every wrong setting: before anything is built or started, so that it is told at once. */
export const checkSettings = (variables: Variables, home: string): void => {
  parseEnv({ DATABASE_URL: "postgres://embedded", SLIPWAY_SECRET_KEY: "0".repeat(64), ...Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== "")), SLIPWAY_HOME: home });
};

export type Installation = { variables: Variables; home: string; secretKey: string; env: Env };

/** Settings of the installation as its supervisor sees them. */
export const readInstallation = (variables: Variables, home: string, secrets: Secrets, database: OpenedDatabase): Installation => {
  const secretKey = chooseSecretKey(variables, secrets);
  const env = parseEnv({ ...variables, SLIPWAY_HOME: home, SLIPWAY_SECRET_KEY: secretKey, DATABASE_URL: database.urls.web });
  return { variables, home, secretKey, env };
};
