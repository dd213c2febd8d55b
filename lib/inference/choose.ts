import { hash } from "node:crypto";

import type { EndpointRoute, ServedVersion } from "./schema";

export type Choice = {
  arm: "stable" | "candidate";
  /** Null where the arm has no version yet. */
  version: ServedVersion | null;
  /** The routing unit, a signed 64-bit integer: the same key under the same salt always gives the same one. */
  unit: bigint;
};

type Split = Pick<EndpointRoute, "salt" | "stable" | "candidate" | "candidateWeightBp">;
type Mirror = Pick<EndpointRoute, "salt" | "mirror" | "mirrorBp">;

/** SHA-256 of salt and key as hex: uniform whatever the keys look like, and independent between salts. */
const digest = (salt: string, purpose: "arm" | "mirror", key: string): string => hash("sha256", `${salt}\n${purpose}\n${key}`, "hex");

/** The first 64 bits of a digest modulo 10,000, in plain numbers: 2^32 ≡ 7,296 (mod 10,000). */
const bucketOf = (hex: string): number => ((parseInt(hex.slice(0, 8), 16) % 10_000) * 7_296 + parseInt(hex.slice(8, 16), 16)) % 10_000;

const unitOf = (hex: string): bigint => BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`));

/**
 * Decides which arm answers. A key's bucket depends on the salt alone, never on the weight: as the weight grows, keys
 * only ever move from stable to candidate.
 */
export const chooseArm = (route: Split, key: string): Choice => {
  const hex = digest(route.salt, "arm", key);
  const isCandidate = route.candidate !== null && bucketOf(hex) < route.candidateWeightBp;
  return { arm: isCandidate ? "candidate" : "stable", version: isCandidate ? route.candidate : route.stable, unit: unitOf(hex) };
};

/** Decides whether a prediction is mirrored: by its own id, so that it depends neither on the arm nor on the routing key. */
export const choosesMirror = (route: Mirror, predictionId: string): boolean =>
  route.mirror !== null && route.mirrorBp > 0 && (route.mirrorBp >= 10_000 || bucketOf(digest(route.salt, "mirror", predictionId)) < route.mirrorBp);
