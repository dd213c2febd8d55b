import { describe, expect, test } from "vitest";

import { manifestDigest, type ManifestFile, parseRange, resolveRange, signPull, sortFiles, verifyPull } from "@/lib/artifacts/server";
import { findPathProblem } from "@/lib/artifacts";
import { sha256Hex } from "@/lib/platform/keys";

describe("a path of an artifact", () => {
  test.each(["model.onnx", "1/models/m-1/artifacts/MLmodel", "ü/日本.json", "100%.txt", "a b+c", "..a/b..", "%41.txt", "C", "½.txt", "a…b", "ratio⁄x", "100%25 done.txt", "ab:c", "...", "50%off", "images/k%step%12%timestamp%1795202690172%v9bdbc70-487a.png", "images/k%step%2500%timestamp%1795202690172%v9bdbc70-487a.png"])("may be %j", (path) => {
    expect(findPathProblem(path)).toBeUndefined();
  });

  test.each([
    "", "/etc/passwd", "../x", "a/../b", "a/..", "./a", "a//b", "a/", "C:/x", "c:x", "a\\b", "a\u0000b", "a\nb", "a\u007f",
    "%2e%2e/x", "0/C:/x", "0/c:x", "\u2025/x", "..\uFF0Fx", "..\u2215x", "..\u2044x", "..\uFF3Cx", "\uFF0E\uFF0E/x", "%c0%ae%c0%ae/x", "%2e%2e/100%", "a/%2E%2e/b", "%252e%252e/x", "%25252e%25252e%25252fx", "%2Fetc", "a%5Cb", "a%00", "x".repeat(1_025), `${"y".repeat(256)}/z`, "é".repeat(600),
  ])("may not be %j", (path) => {
    expect(findPathProblem(path)).toEqual(expect.any(String));
  });
});

const file = (path: string, content = path): ManifestFile => ({ path, sha256: sha256Hex(content), size: content.length, mediaType: "text/plain" });

describe("a manifest digest", () => {
  test("is the SHA-256 of its sorted lines, whatever the order and the media type", () => {
    const files = [file("b"), file("a/c"), file("a")].slice(0, 2);
    const lines = `a/c\t3\t${sha256Hex("a/c")}\nb\t1\t${sha256Hex("b")}\n`;
    expect(manifestDigest(files)).toBe(sha256Hex(lines));
    expect(manifestDigest([...files].reverse().map((entry) => ({ ...entry, mediaType: "x/y" })))).toBe(sha256Hex(lines));
  });

  test("differs when a path, a size or a content does", () => {
    const digests = [[file("a")], [file("b")], [file("a", "other")], [file("a"), file("b")], [{ ...file("a"), size: 2 }]].map(manifestDigest);
    expect(new Set(digests).size).toBe(digests.length);
  });

  test("sorts by bytes, not by the words of a language", () => {
    expect(sortFiles(["é", "z", "Z", "\u{1F600}", "\uFFFD"].map((path) => file(path))).map(({ path }) => path)).toEqual(["Z", "z", "é", "\uFFFD", "\u{1F600}"]);
  });

  test("refuses a path twice, and a file that is also a folder", () => {
    expect(() => manifestDigest([file("a"), file("a")])).toThrow(/occurs twice/);
    expect(() => manifestDigest([file("a"), file("a/b")])).toThrow(/also the folder/);
  });
});

describe("a range", () => {
  test.each([
    ["bytes=0-3", { start: 0, end: 3 }],
    ["bytes=7-", { start: 7, end: 9 }],
    ["bytes=-4", { start: 6, end: 9 }],
    ["bytes=2-100", { start: 2, end: 9 }],
    ["bytes=-100", { start: 0, end: 9 }],
  ])("%s of ten bytes", (header, expected) => {
    const range = parseRange(header);
    expect(range && resolveRange(range, 10)).toEqual(expected);
  });

  test.each([null, "", "bytes=", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4"])("ignores %j", (header) => {
    expect(parseRange(header)).toBeUndefined();
  });

  test.each(["bytes=10-", "bytes=5-4", "bytes=-0"])("refuses %s of ten bytes", (header) => {
    const range = parseRange(header);
    expect(() => range && resolveRange(range, 10)).toThrow(/no byte/);
  });
});

describe("a pull token", () => {
  const env = { secretKey: Buffer.alloc(32, 7) };
  const grant = { workspaceId: "018f0000-0000-7000-8000-000000000000", manifestDigest: "a".repeat(64) };

  test("opens its manifest until it expires", () => {
    const token = signPull(env, grant, 1_000);
    expect(verifyPull(env, token, 2_000)).toEqual(grant);
    expect(verifyPull(env, token, 1_000 + 16 * 60_000)).toBeUndefined();
  });

  test("is worth nothing when forged or under another key", () => {
    const token = signPull(env, grant, 1_000);
    expect(verifyPull({ secretKey: Buffer.alloc(32, 8) }, token, 2_000)).toBeUndefined();
    expect(verifyPull(env, token.replace(/.$/, (last) => (last === "A" ? "B" : "A")), 2_000)).toBeUndefined();
    expect(verifyPull(env, "", 2_000)).toBeUndefined();
  });
});
