import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

import { sha256 } from "@/lib/platform/keys";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const standardShape = /^slp_[a-z]+_[0-9A-Za-z]{36}$/;

/** Returns `length` characters of base62, each uniform (bytes of 248 and more are drawn again). */
export const randomBase62 = (length: number): string => {
  let text = "";
  while (text.length < length) {
    for (const byte of randomBytes(length * 2)) {
      if (byte < 248 && text.length < length) text += alphabet.charAt(byte % 62);
    }
  }
  return text;
};

/** The checksum at a token's end: CRC-32 of what precedes it, as six digits of base62. */
const checksumOf = (body: string): string => {
  let rest = crc32(body);
  let text = "";
  for (let index = 0; index < 6; index += 1) {
    text = alphabet.charAt(rest % 62) + text;
    rest = Math.floor(rest / 62);
  }
  return text;
};

/** Makes a token: `slp_`, its kind, 30 random characters of base62 (178 bits) and a checksum that scanners can verify offline. */
export const newTokenSecret = (kind: "pat" | "adm" = "pat"): string => {
  const body = `slp_${kind}_${randomBase62(30)}`;
  return body + checksumOf(body);
};

/** Tells whether a text could be a token: right prefix, and a right checksum where it has the standard shape. */
export const isPlausibleToken = (text: string): boolean => {
  if (!text.startsWith("slp_") || text.length < 24 || text.length > 200) return false;
  return !standardShape.test(text) || text.endsWith(checksumOf(text.slice(0, -6)));
};

/** What is kept of a token. */
export const hashToken = (secret: string): Buffer => sha256(secret);

/** The part of a token that lists may show. */
export const displayPrefixOf = (secret: string): string => secret.slice(0, 12);
