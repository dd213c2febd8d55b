import { minuteMs } from "@/lib/core/durations";
import { AppError } from "@/lib/core/errors";
import type { Deps } from "@/lib/platform/context";
import type { Env } from "@/lib/platform/env";
import { deriveKey, signToken, verifyToken } from "@/lib/platform/keys";

import { openFile, type OpenedFile } from "./service";
import type { ByteRange } from "./range";
import { findPullableSize } from "./store";

export type PullGrant = { workspaceId: string; manifestDigest: string };

const lifetimeMs = 15 * minuteMs;
const grantPattern = /^([0-9a-f-]{36})\/([0-9a-f]{64})$/;

/** Signs a token that opens the files of one manifest for 15 minutes; a runtime gets it with the load call. */
export const signPull = (env: Pick<Env, "secretKey">, { workspaceId, manifestDigest }: PullGrant, nowMs: number = Date.now()): string =>
  signToken(deriveKey(env.secretKey, "blob-pull"), `${workspaceId}/${manifestDigest}`, nowMs + lifetimeMs);

/** Returns what a pull token opens, or undefined when it is forged or expired. */
export const verifyPull = (env: Pick<Env, "secretKey">, token: string, nowMs: number = Date.now()): PullGrant | undefined => {
  const match = grantPattern.exec(verifyToken(deriveKey(env.secretKey, "blob-pull"), token, nowMs) ?? "");
  return match?.[1] !== undefined && match[2] !== undefined ? { workspaceId: match[1], manifestDigest: match[2] } : undefined;
};

/** Opens a file for the bearer of a pull token; raises unauthenticated for a bad token, not_found for any other file than those of its manifest. */
export const openPulledBlob = async (deps: Deps, token: string, sha256: string, range?: ByteRange): Promise<OpenedFile> => {
  const grant = verifyPull(deps.env, token);
  if (!grant) throw new AppError("unauthenticated", "artifact.pull_token", "The pull token is missing, forged or expired. Load the model again to get a new one.");
  const size = /^[0-9a-f]{64}$/.test(sha256) ? await findPullableSize(deps.db, grant.workspaceId, grant.manifestDigest, sha256) : undefined;
  if (size === undefined) throw new AppError("not_found", "artifact.not_found", "The manifest of this token names no such file.");
  return openFile({ deps }, { path: sha256, sha256, size, mediaType: "application/octet-stream" }, range);
};
