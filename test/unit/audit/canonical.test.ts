import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { canonicalText, commitTo, leafHashOf } from "@/lib/audit/canonical";
import { newEventId } from "@/lib/audit/event-id";

describe("canonical text (RFC 8785)", () => {
  it("sorts keys by UTF-16 code units and writes numbers as ECMAScript does", () => {
    // the sorting example of RFC 8785, section 3.2.3
    const document = { "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis" };
    expect([...canonicalText(document).matchAll(/":"([A-Z][^"]*)"/g)].map((match) => match[1])).toEqual([
      "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
    ]);
    expect(canonicalText({ numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001] })).toBe('{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}');
  });
  it("writes dates, bigints and bytes as strings and leaves out what is undefined", () => {
    expect(canonicalText({ at: new Date(0), big: 2n ** 60n, bytes: Uint8Array.of(1, 255), none: undefined })).toBe('{"at":"1970-01-01T00:00:00.000Z","big":"1152921504606846976","bytes":"01ff"}');
  });
  it("refuses what has no JSON", () => {
    expect(() => canonicalText({ value: NaN })).toThrow();
  });
});

describe("leaf hash (RFC 9162)", () => {
  it("is SHA-256 of 0x00 and the text: known by hand", () => {
    // printf '\0{}' | sha256sum
    expect(leafHashOf("{}").toString("hex")).toBe("28a3a18f6cd6406b086e9ffda1f9b8a13dbcf44b0f3f32cb9031a11fd053acf9");
    // the leaf of the empty entry, RFC 6962 test vector
    expect(leafHashOf("").toString("hex")).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  });
  it("differs from the hash of the text alone", () => {
    expect(leafHashOf("{}").toString("hex")).not.toBe(createHash("sha256").update("{}").digest("hex"));
  });
});

describe("commitments", () => {
  it("open with salt and value, and two of one value differ", () => {
    const one = commitTo("actor.name", "Oskar");
    expect(one.digest).toBe(createHash("sha256").update(Buffer.concat([one.salt, Buffer.from("Oskar")])).digest("hex"));
    expect(one.salt.length).toBe(32);
    expect(commitTo("actor.name", "Oskar").digest).not.toBe(one.digest);
  });
});

describe("event ids", () => {
  it("keep their order within a millisecond", () => {
    const ids = Array.from({ length: 1000 }, () => newEventId(1_763_640_000_000));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(1000);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
