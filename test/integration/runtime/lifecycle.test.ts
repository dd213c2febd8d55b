import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { customOperatorModel, echoModel, externalModel, linear, linearModel, loopModel } from "../../support/onnx-models";
import { BlobServer, blobToken, digestOf, type Files, versionName } from "./blob-server";
import { RuntimeProcess } from "./runtime-process";

const blobs = new BlobServer();
const runtime = new RuntimeProcess({ SLIPWAY_RUNTIME_TIMEOUT_MS: "1000" });
const load = (name: string, files: Files, overrides: Record<string, unknown> = {}) => runtime.call("POST", `/v2/repository/models/${name}/load`, blobs.offer(files, "model.onnx", overrides));
const unload = (name: string) => runtime.call("POST", `/v2/repository/models/${name}/unload`, {});
const ask = (name: string) => runtime.infer(name, { inputs: [{ name: "x", datatype: "FP32", shape: [1, 3], data: [1, 2, 3] }] });
const dataOf = (body: Record<string, unknown>) => (body["outputs"] as { data: unknown[] }[])[0]?.data;
let made = 0;
/** A model that no other test has put into the cache: its model_version differs. */
const unique = (): Buffer => Buffer.concat([echoModel(), Buffer.from([0x28, ++made])]);
const blobNames = () => readdirSync(join(runtime.cache, "blobs"));
const leftovers = () => readdirSync(join(runtime.cache, "tmp"));

beforeAll(async () => {
  await blobs.start();
  await runtime.start();
});

afterAll(async () => {
  await runtime.remove();
  await blobs.stop();
});

describe("loading", () => {
  it("joins loads of one model, fetches each file once, and finds a second load done", async () => {
    const name = versionName(10);
    blobs.delayMs = 100;
    const before = blobs.requests;
    const replies = await Promise.all([1, 2, 3].map(() => load(name, { "model.onnx": linearModel() })));
    blobs.delayMs = 0;
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 200]);
    expect((await load(name, { "model.onnx": linearModel() })).status).toBe(200);
    expect(blobs.requests - before).toBe(1);
    expect(dataOf((await ask(name)).body)).toEqual(linear([1, 2, 3]));
    expect(await runtime.states()).toEqual({ [name]: "READY" });
    expect((await load(name, { "model.onnx": echoModel() })).status).toBe(409);
  });

  it("loads external data from beside the model", async () => {
    const { model, weights } = externalModel();
    const name = versionName(11);
    expect((await load(name, { "model.onnx": model, "weights.bin": weights, "deep/in/note.txt": Buffer.from("x") })).status).toBe(200);
    expect(dataOf((await ask(name)).body)).toEqual([22, 28]);
  });

  it.each<[string, (files: Files, digest: string) => void, number, RegExp]>([
    ["a wrong digest", (files, digest) => blobs.lies.set(digest, Buffer.alloc(files["model.onnx"]?.length ?? 0)), 422, /has the SHA-256 [0-9a-f]{64}; the manifest says/],
    ["a longer file", (files, digest) => blobs.lies.set(digest, Buffer.concat([files["model.onnx"] ?? Buffer.alloc(0), Buffer.from("more")])), 422, /longer than/],
    ["a shorter file", (_, digest) => blobs.lies.set(digest, Buffer.from("short")), 422, /has 5 bytes/],
    ["an answer that breaks off", (_, digest) => blobs.cut.add(digest), 503, /could not be fetched/],
  ])("refuses %s and leaves nothing", async (_, spoil, status, error) => {
    const files = { "model.onnx": unique() };
    const digest = digestOf(files["model.onnx"]);
    const known = blobNames();
    spoil(files, digest);
    const reply = await load(versionName(12), files);
    expect(reply.status).toBe(status);
    expect(reply.body["error"]).toMatch(error);
    expect(blobNames()).toEqual(known);
    expect(leftovers()).toEqual([]);
    expect((await runtime.states())[versionName(12)]).toBe("UNAVAILABLE");
    expect((await ask(versionName(12))).status).toBe(503);
    expect(await runtime.call("GET", `/v2/models/${versionName(12)}/ready`)).toMatchObject({ status: 422, body: { ready: false, state: "UNAVAILABLE", error: expect.stringMatching(error) as string } });
    blobs.lies.clear();
    blobs.cut.clear();
    expect((await load(versionName(12), files)).status).toBe(200);
    await unload(versionName(12));
  });

  it("tells when the server of the files refuses, misses or can't be reached", async () => {
    const files = { "model.onnx": unique() };
    expect(await load(versionName(13), files, { token: "expired" })).toMatchObject({ status: 422, body: { error: expect.stringContaining("answered 401") as string } });
    expect((await load(versionName(13), files, { url: "http://127.0.0.1:1/" })).status).toBe(503);
    const missing = { manifest: [{ path: "model.onnx", sha256: "0".repeat(64), size: 3 }], main: "model.onnx" };
    expect(await load(versionName(13), files, missing)).toMatchObject({ status: 422, body: { error: expect.stringContaining("answered 404") as string } });
    await unload(versionName(13));
  });

  it("refuses what ONNX Runtime can't load, with its reason", async () => {
    const reply = await load(versionName(14), { "model.onnx": customOperatorModel() });
    expect(reply.status).toBe(422);
    expect(reply.body["error"]).toMatch(/can't be loaded: .*acme/);
    expect((await load(versionName(14), { "model.onnx": Buffer.from("not onnx") })).status).toBe(422);
    await unload(versionName(14));
  });

  it.each<[string, unknown]>([
    ["no config", {}],
    ["config that is not JSON", { parameters: { config: "{" } }],
    ["no manifest", { parameters: { config: JSON.stringify({ main: "model.onnx", url: "http://x/", token: blobToken }) } }],
    ...["../model.onnx", "/model.onnx", "a/../../b", "a\\b", "C:/b", "a//b", "./a", "a\0b"].map((path): [string, unknown] => [`the path ${JSON.stringify(path)}`, { parameters: { config: JSON.stringify({ manifest: [{ path, sha256: "0".repeat(64), size: 1 }], main: path, url: "http://127.0.0.1/", token: blobToken }) } }]),
    ["a digest that is no digest", { parameters: { config: JSON.stringify({ manifest: [{ path: "a", sha256: "../../x", size: 1 }], main: "a", url: "http://127.0.0.1/", token: blobToken }) } }],
    ["a main file that is not there", { parameters: { config: JSON.stringify({ manifest: [{ path: "a", sha256: "0".repeat(64), size: 1 }], main: "b", url: "http://127.0.0.1/", token: blobToken }) } }],
    ["another protocol", { parameters: { config: JSON.stringify({ manifest: [{ path: "a", sha256: "0".repeat(64), size: 1 }], main: "a", url: "file:///etc/", token: blobToken }) } }],
  ])("refuses a load with %s", async (_, body) => {
    const reply = await runtime.call("POST", `/v2/repository/models/${versionName(15)}/load`, body);
    expect(reply.status).toBe(400);
    expect(reply.body["error"]).toMatch(/config/);
  });

  it("takes no name but a version id, and needs the secret", async () => {
    for (const name of ["iris", "ver_123", "..", `ver_${"G".repeat(32)}`, "%2e%2e"]) expect((await runtime.call("POST", `/v2/repository/models/${name}/load`, {})).status).toBeGreaterThanOrEqual(400);
    expect((await runtime.call("POST", `/v2/repository/models/${versionName(10)}/unload`, {}, { authorization: "Bearer no" })).status).toBe(401);
    expect((await runtime.states())[versionName(10)]).toBe("READY");
  });
});

const spin = (name: string, times: number) => runtime.infer(name, { inputs: [{ name: "n", datatype: "INT64", shape: [1], data: [times] }, { name: "x", datatype: "FP32", shape: [1], data: [0] }] });

describe("a model that hangs", () => {
  const name = versionName(20);

  it("is given up after its time, answered for, and serves again", async () => {
    expect((await load(name, { "model.onnx": loopModel() })).status).toBe(200);
    expect(dataOf((await spin(name, 1_000)).body)).toEqual([1_000]);
    const startedAt = performance.now();
    // Some seconds of native work: longer than the time allowed, short enough that the lost thread ends by itself.
    const hanging = spin(name, 2_000_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const [hung, queued] = await Promise.all([hanging, spin(name, 1)]);
    expect(hung.status).toBe(504);
    expect(hung.body["error"]).toContain("did not answer within 1000 ms");
    expect(queued.status).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect((await ask(versionName(10))).status).toBe(200);
    await runtime.until(async () => (await spin(name, 3)).status === 200);
    expect((await runtime.call("GET", "/metrics")).text).toContain(`slipway_runtime_thread_restarts_total{model="${name}",reason="hung"} 1`);
    await runtime.until(async () => (await runtime.call("GET", "/metrics")).text.includes("slipway_runtime_stuck_threads 0"));
  });

  it("ends the process when its threads can't be stopped, so that a restart frees the cores and serves again", async () => {
    const stuck = new RuntimeProcess({ SLIPWAY_RUNTIME_TIMEOUT_MS: "300" });
    await stuck.start();
    try {
      await stuck.call("POST", `/v2/repository/models/${name}/load`, blobs.offer({ "model.onnx": loopModel() }));
      const hang = () => stuck.infer(name, { inputs: [{ name: "n", datatype: "INT64", shape: [1], data: [1e12] }, { name: "x", datatype: "FP32", shape: [1], data: [0] }] });
      expect((await hang()).status).toBe(504);
      await stuck.until(async () => (await stuck.states())[name] === "READY");
      expect((await hang()).status).toBe(504);
      expect(await stuck.exit).toEqual({ code: null, signal: "SIGKILL" });
      await stuck.start();
      expect(await stuck.states()).toEqual({ [name]: "READY" });
      expect((await hang()).status).toBe(504);
      expect(await stuck.kill("SIGTERM")).toEqual({ code: null, signal: "SIGKILL" });
    } finally {
      await stuck.remove();
    }
  });
});

describe("unloading", () => {
  it("answers what is under way, then knows the model no more; twice is fine", async () => {
    const name = versionName(21);
    await load(name, { "model.onnx": loopModel() });
    const running = spin(name, 100_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const unloaded = await unload(name);
    expect(unloaded.status).toBe(200);
    expect((await running).status).toBe(200);
    expect((await spin(name, 1)).status).toBe(404);
    expect((await unload(name)).status).toBe(200);
    expect(await runtime.states()).not.toHaveProperty(name);
  });
});

describe("after a restart", () => {
  it("serves what was loaded from the cache alone, after kill -9", async () => {
    const before = blobs.requests;
    expect(await runtime.kill("SIGKILL")).toMatchObject({ signal: "SIGKILL" });
    await runtime.start();
    expect(await runtime.states()).toEqual({ [versionName(10)]: "READY", [versionName(11)]: "READY", [versionName(20)]: "READY" });
    expect(dataOf((await ask(versionName(10))).body)).toEqual(linear([1, 2, 3]));
    expect(dataOf((await ask(versionName(11))).body)).toEqual([22, 28]);
    expect(blobs.requests).toBe(before);
  });

  it("stops cleanly on SIGTERM and refuses a cached file that was changed", async () => {
    expect(await runtime.kill("SIGTERM")).toEqual({ code: 0, signal: null });
    const blob = join(runtime.cache, "blobs", digestOf(linearModel()));
    const content = readFileSync(blob);
    rmSync(blob);
    content[content.length - 20] = (content[content.length - 20] ?? 0) ^ 0xff;
    writeFileSync(blob, content);
    await runtime.start();
    expect(await runtime.states()).toMatchObject({ [versionName(10)]: "UNAVAILABLE", [versionName(11)]: "READY" });
    const reply = await ask(versionName(10));
    expect(reply.status).toBe(503);
    expect(reply.body["error"]).toContain("load the model again");
    expect((await load(versionName(10), { "model.onnx": linearModel() })).status).toBe(200);
    expect((await ask(versionName(10))).status).toBe(200);
  });

  it("starts empty when its state can't be read", async () => {
    await runtime.kill("SIGTERM");
    writeFileSync(join(runtime.cache, "state.json"), "{");
    await runtime.start();
    expect(await runtime.states()).toEqual({});
  });
});

describe("the cache", () => {
  it("drops files that no loaded model needs, the oldest first", async () => {
    const small = new RuntimeProcess({ SLIPWAY_RUNTIME_CACHE_MAX_BYTES: String(linearModel().length + echoModel().length) });
    await small.start();
    try {
      const put = (number: number, file: Uint8Array) => small.call("POST", `/v2/repository/models/${versionName(number)}/load`, blobs.offer({ "model.onnx": file }));
      await put(1, linearModel());
      await put(2, echoModel());
      await small.call("POST", `/v2/repository/models/${versionName(1)}/unload`, {});
      await put(3, loopModel());
      expect(readdirSync(join(small.cache, "blobs")).sort()).toEqual([digestOf(echoModel()), digestOf(loopModel())].sort());
      const tooLarge = await put(4, Buffer.alloc(100_000));
      expect(tooLarge.status).toBe(413);
    } finally {
      await small.remove();
    }
  });
});

describe("settings", () => {
  it("names what is missing", async () => {
    const broken = new RuntimeProcess({ SLIPWAY_RUNTIME_SECRET: "", SLIPWAY_RUNTIME_TIMEOUT_MS: "soon" });
    await expect(broken.start()).rejects.toThrow(/SLIPWAY_RUNTIME_TIMEOUT_MS/);
    await broken.remove();
    const open = new RuntimeProcess({ SLIPWAY_RUNTIME_SECRET: "" });
    await expect(open.start()).rejects.toThrow(/Set SLIPWAY_RUNTIME_SECRET or SLIPWAY_RUNTIME_SECRET_FILE/);
    await open.remove();
  });
});
