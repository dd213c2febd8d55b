import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

export type KeyPurpose = "session" | "internal" | "runtime" | "blob-pull" | "envelope" | "metrics";

/** Derives the 32-byte key of one purpose from the installation's secret (HKDF-SHA-256, RFC 5869). */
export const deriveKey = (secretKey: Buffer, purpose: KeyPurpose): Buffer => Buffer.from(hkdfSync("sha256", secretKey, "slipway", purpose, 32));

/** The bearer secret of calls between our own processes. */
export const internalSecret = (secretKey: Buffer, purpose: "internal" | "runtime"): string => deriveKey(secretKey, purpose).toString("base64url");

export const sha256 = (data: string | Uint8Array): Buffer => createHash("sha256").update(data).digest();
export const sha256Hex = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** Compares two secrets in constant time, whatever their lengths. */
export const equalSecrets = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));

/** Signs `payload` until `expiresAtMs`: `payload.expiry.mac`, base64url. */
export const signToken = (key: Buffer, payload: string, expiresAtMs: number): string => {
  const body = `${Buffer.from(payload).toString("base64url")}.${expiresAtMs}`;
  return `${body}.${createHmac("sha256", key).update(body).digest("base64url")}`;
};

/** Returns the payload of a signed token, or undefined when it is forged or expired. */
export const verifyToken = (key: Buffer, token: string, nowMs: number): string | undefined => {
  const [payload, expiry, mac] = token.split(".");
  if (!payload || !expiry || !mac) return undefined;
  const expected = createHmac("sha256", key).update(`${payload}.${expiry}`).digest("base64url");
  return equalSecrets(expected, mac) && Number(expiry) > nowMs ? Buffer.from(payload, "base64url").toString() : undefined;
};
