import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";


import type { TestDeps } from "../../support/deps";
import { openInstallation } from "../../support/installation";
import { handleMlflow, mlflowDoor } from "../../support/mlflow";

const token = "slp_test_administrator_0123456789";
const base = "/api/2.0/mlflow-artifacts/artifacts";
let deps: TestDeps;

beforeAll(async () => {
  deps = await openInstallation(token, { env: { SLIPWAY_UPLOAD_MAX_BYTES: "300KB", SLIPWAY_WORKSPACE_MAX_BYTES: "1MB" } });
});
afterAll(() => deps.close());

type Answer = { status: number; body: Record<string, unknown> };
const put = async (name: string, bytes: Uint8Array): Promise<Answer> => {
  const answer = await handleMlflow(new Request(`http://127.0.0.1:3000${base}/${name}`, { method: "PUT", headers: { authorization: `Bearer ${token}` }, body: Buffer.from(bytes) }));
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const incoming = (): string[] => readdirSync(path.join(deps.env.artifactRoot, "incoming"));
const storedBytes = async (): Promise<number> => Number((await deps.db.workspaceStorage.aggregate({ _sum: { bytes: true } }))._sum.bytes ?? 0);

/** A request as bytes on the line, because clients normalise addresses and add lengths. */
const raw = async (head: string, body: Uint8Array = new Uint8Array(0), chunked = false): Promise<{ status: number; text: string }> => {
  const { hostname, port } = new URL(await mlflowDoor());
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    socket.on("data", (data) => (text += data.toString()));
    socket.on("close", () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text }));
    socket.on("error", (error) => (text === "" ? reject(error) : undefined));
    socket.write(`${head}\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n${chunked ? "Transfer-Encoding: chunked\r\n" : ""}\r\n`);
    if (chunked) {
      for (let at = 0; at < body.length; at += 50_000) {
        const piece = body.subarray(at, at + 50_000);
        socket.write(`${piece.length.toString(16)}\r\n`);
        socket.write(piece);
        socket.write("\r\n");
      }
      socket.write("0\r\n\r\n");
    } else socket.write(body);
  });
};

describe("the limit of a file", () => {
  test("refuses what announces too much before it is sent, and what grows too much while it is", async () => {
    const announced = await raw(`PUT ${base}/0/big.bin HTTP/1.1\r\nContent-Length: 300001`);
    expect(announced.status, announced.text).toBe(413);
    const grown = await raw(`PUT ${base}/0/big.bin HTTP/1.1`, randomBytes(300_001), true);
    expect(grown.status, grown.text).toBe(413);
    expect(grown.text).toContain("SLIPWAY_UPLOAD_MAX_BYTES");
    expect(incoming()).toEqual([]);
  });
});

describe("the limit of a workspace", () => {
  test("counts each content once, refuses with 413 and what to do, and takes uploads again when there is room", async () => {
    const same = randomBytes(200_000);
    expect((await put("0/a.bin", same)).status).toBe(200);
    expect((await put("0/b.bin", same)).status).toBe(200);
    expect(await storedBytes()).toBe(200_000);
    for (const name of ["c", "d", "e"]) expect((await put(`0/${name}.bin`, randomBytes(250_000))).status).toBe(200);
    expect(await storedBytes()).toBe(950_000);
    const { status, body } = await put("0/f.bin", randomBytes(60_000));
    expect([status, body["error_code"]]).toEqual([413, "RESOURCE_EXHAUSTED"]);
    expect(body["message"]).toMatch(/may store 1000000 bytes and holds 950000.*SLIPWAY_WORKSPACE_MAX_BYTES/);
    const streamed = await raw(`PUT ${base}/0/f.bin HTTP/1.1`, randomBytes(60_000), true);
    expect(streamed.status, streamed.text).toBe(413);
    expect(incoming()).toEqual([]);
    expect((await put("0/g.bin", randomBytes(50_000))).status).toBe(200);
    expect(await deps.db.artifact.count({ where: { path: "0/f.bin" } })).toBe(0);
    await deps.db.artifact.deleteMany({ where: { path: "0/c.bin" } });
    await deps.db.$executeRaw`DELETE FROM blob b WHERE NOT EXISTS (SELECT 1 FROM artifact a WHERE a.workspace_id = b.workspace_id AND a.sha256 = b.sha256)`;
    expect(await storedBytes()).toBe(750_000);
    expect((await put("0/f.bin", randomBytes(60_000))).status).toBe(200);
  });

  test("holds among uploads that race for the last of it", async () => {
    await deps.db.artifact.deleteMany();
    await deps.db.blob.deleteMany();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => put(`0/race-${index}.bin`, randomBytes(180_000))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 413)).toHaveLength(5);
    expect(await storedBytes()).toBe(900_000);
    expect(await deps.db.artifact.count()).toBe(5);
  });
});

/** Every way out of a folder that somebody tried on such a server, as bytes of the request line. */
const tricks: [string, string][] = [
  ["two dots", "../x"], ["two dots inside", "a/../../x"], ["two dots at the end", "a/.."], ["one dot", "./x"], ["one dot inside", "a/./x"], ["an empty part", "a//x"],
  ["an absolute path", "/etc/passwd"], ["encoded dots", "%2e%2e/x"], ["encoded dots, upper case", "%2E%2E/x"], ["an encoded slash", "..%2fx"], ["both encoded", "%2e%2e%2fx"],
  ["twice encoded", "%252e%252e%252fx"], ["three times encoded", "%25252e%25252e%25252fx"], ["an encoded absolute path", "%2fetc%2fpasswd"], ["a backslash", "..%5cx"], ["a plain backslash", "a\\..\\x"],
  ["twice encoded backslash", "..%255cx"], ["a drive", "C:/x"], ["an encoded drive", "C%3a/x"],
  ["a drive without slash", "c:x"], ["dots of other scripts", "%E2%80%A5/x"], ["full-width dots", "%EF%BC%8E%EF%BC%8E/x"], ["a full-width slash", "..%EF%BC%8Fx"], ["a division slash", "..%E2%88%95x"], ["a fraction slash", "..%E2%81%84x"],
  ["a full-width backslash", "..%EF%BC%BCx"], ["an overlong encoding of a dot", "%c0%ae%c0%ae/x"], ["too long a part", `${"y".repeat(256)}/x`], ["too long a path", "abc/".repeat(300) + "x"],
];

/** Refused as what they are. In a name that merely spells them, percent signs and all, they are text: MLflow 2 calls images k%step%12%…. */
const controls: [string, string][] = [["a NUL", "a%00.txt"], ["a NUL, twice encoded", "a%2500.txt"], ["a line feed", "a%0ab"], ["a delete character", "a%7fb"]];

describe("a path of an artifact", () => {
  const everywhere = [...tricks.map(([name, trick]) => [name, trick, trick.replaceAll("%", "%25")] as const), ...controls.map(([name, trick]) => [name, trick, trick] as const)];
  test.each(everywhere)("with %s is refused by every call of the proxy", async (_, trick, listed) => {
    for (const [method, address] of [["PUT", `${base}/0/${trick}`], ["GET", `${base}/0/${trick}`], ["DELETE", `${base}/0/${trick}`], ["GET", `${base}?path=0/${listed}`]] as const) {
      const answer = await raw(`${method} ${address} HTTP/1.1${method === "PUT" ? "\r\nContent-Length: 1" : ""}`, method === "PUT" ? Buffer.from("x") : undefined);
      expect([method, answer.status], answer.text).toEqual([method, 400]);
    }
    expect(await deps.db.artifact.count({ where: { size: 1 } })).toBe(0);
  });
});
