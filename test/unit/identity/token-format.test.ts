import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { displayPrefixOf, hashToken, isPlausibleToken, newTokenSecret, randomBase62 } from "@/lib/identity/token-format";

describe("tokens", () => {
  it("have prefix, kind, 30 random digits and 6 of checksum", () => {
    const made = new Set(Array.from({ length: 200 }, () => newTokenSecret()));
    expect(made.size).toBe(200);
    for (const secret of made) {
      expect(secret).toMatch(/^slp_pat_[0-9A-Za-z]{36}$/);
      expect(isPlausibleToken(secret)).toBe(true);
    }
  });
  it("carry a CRC-32 in base62: known by hand", () => {
    // CRC-32("slp_pat_" and thirty zeros) is 0x…: computed bit by bit below, not with the library under test
    const body = `slp_pat_${"0".repeat(30)}`;
    let crc = 0xffffffff;
    for (const byte of Buffer.from(body)) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    let rest = (crc ^ 0xffffffff) >>> 0;
    let digits = "";
    for (let index = 0; index < 6; index += 1) {
      digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".charAt(rest % 62) + digits;
      rest = Math.floor(rest / 62);
    }
    expect(isPlausibleToken(body + digits)).toBe(true);
  });
  it("are refused with one character changed", () => {
    const secret = newTokenSecret();
    for (const index of [8, 20, 37, 40, secret.length - 1]) {
      const other = secret.charAt(index) === "a" ? "b" : "a";
      expect(isPlausibleToken(secret.slice(0, index) + other + secret.slice(index + 1))).toBe(false);
    }
  });
  it("of one's own choosing need the prefix and some length", () => {
    expect(isPlausibleToken("slp_my-own-token-for-the-demo-1")).toBe(true);
    expect(isPlausibleToken("slp_short")).toBe(false);
    expect(isPlausibleToken("a".repeat(40))).toBe(false);
  });
  it("are kept as SHA-256 and shown by their first twelve characters", () => {
    const secret = newTokenSecret();
    expect(hashToken(secret).equals(createHash("sha256").update(secret).digest())).toBe(true);
    expect(displayPrefixOf(secret)).toBe(secret.slice(0, 12));
  });
  it("draw every digit of base62 about equally often", () => {
    const counts = new Map<string, number>();
    for (const digit of randomBase62(62_000)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    expect(counts.size).toBe(62);
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(130); // 61 degrees of freedom, p about 1e-6
  });
});
