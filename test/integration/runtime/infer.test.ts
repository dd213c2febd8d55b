import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { centringModel, echoModel, linear, linearModel, lookupModel, zipMapModel } from "../../support/onnx-models";
import { BlobServer, versionName } from "./blob-server";
import { RuntimeProcess } from "./runtime-process";

const blobs = new BlobServer();
const runtime = new RuntimeProcess({ SLIPWAY_RUNTIME_BODY_MAX_BYTES: "1000000" });
const names = { linear: versionName(1), centring: versionName(2), echo: versionName(3), zipMap: versionName(4), lookup: versionName(5) };

beforeAll(async () => {
  await blobs.start();
  await runtime.start();
  for (const [name, file] of [[names.linear, linearModel()], [names.centring, centringModel()], [names.echo, echoModel()], [names.zipMap, zipMapModel()], [names.lookup, lookupModel()]] as const) {
    const loaded = await runtime.call("POST", `/v2/repository/models/${name}/load`, blobs.offer({ "model.onnx": file }));
    expect(loaded.body).toEqual({ name, state: "READY" });
  }
});

afterAll(async () => {
  await runtime.remove();
  await blobs.stop();
});

const x = (rows: number[][]) => ({ name: "x", datatype: "FP32", shape: [rows.length, rows[0]?.length ?? 0], data: rows.flat() });
const outputsOf = (body: Record<string, unknown>) => body["outputs"] as { name: string; datatype: string; shape: number[]; data: unknown[] }[];

describe("answers", () => {
  it("describes itself and its models", async () => {
    expect((await runtime.call("GET", "/v2")).body).toMatchObject({ name: "slipway-runtime", extensions: ["model_repository"] });
    const metadata = await runtime.call("GET", `/v2/models/${names.linear}/versions/1`);
    expect(metadata.body).toEqual({ name: names.linear, versions: ["1"], platform: "onnxruntime_onnx", inputs: [{ name: "x", datatype: "FP32", shape: [-1, 3] }], outputs: [{ name: "y", datatype: "FP32", shape: [-1, 2] }] });
    expect((await runtime.call("GET", `/v2/models/${names.linear}/ready`)).body).toEqual({ name: names.linear, ready: true });
  });

  it("computes what the model says, flat or nested, one row or many, and echoes the id", async () => {
    const flat = await runtime.infer(names.linear, { id: "a/1", inputs: [x([[1, 2, 3], [4, 5, 6]])] });
    expect(flat.status).toBe(200);
    expect(flat.body).toEqual({ model_name: names.linear, model_version: "1", id: "a/1", outputs: [{ name: "y", datatype: "FP32", shape: [2, 2], data: [...linear([1, 2, 3]), ...linear([4, 5, 6])] }] });
    const nested = await runtime.infer(names.linear, { inputs: [{ ...x([[1, 2, 3]]), data: [[1, 2, 3]] }], parameters: { priority: 1 }, outputs: [{ name: "y" }] });
    expect(outputsOf(nested.body)[0]?.data).toEqual(linear([1, 2, 3]));
    expect(nested.body).not.toHaveProperty("id");
  });

  it("gives every one of many requests at once its own rows", async () => {
    const replies = await Promise.all(Array.from({ length: 300 }, (_, index) => runtime.infer(names.linear, { id: String(index), inputs: [x(Array.from({ length: (index % 3) + 1 }, (_, row) => [index, row, 1]))] })));
    for (const [index, reply] of replies.entries()) {
      expect(reply.body["id"]).toBe(String(index));
      expect(outputsOf(reply.body)[0]?.data).toEqual(Array.from({ length: (index % 3) + 1 }, (_, row) => linear([index, row, 1])).flat());
    }
    const metrics = await runtime.call("GET", "/metrics", undefined, { authorization: "" });
    const [sum, count] = ["sum", "count"].map((part) => Number(new RegExp(`slipway_runtime_batch_requests_${part} (\\d+)`).exec(metrics.text)?.[1]));
    expect(sum).toBeGreaterThan(count ?? NaN);
  });

  it("never mixes rows of different requests in a model that looks across rows", async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, (_, index) => runtime.infer(names.centring, { inputs: [x([[index, 0], [index + 2, 0]])] })));
    for (const reply of replies) expect(outputsOf(reply.body)[0]?.data).toEqual([-1, 0, 1, 0]);
  });

  it("carries texts, booleans and whole numbers with all digits, NaN and infinities as text", async () => {
    const reply = await runtime.infer(names.echo, {
      inputs: [
        { name: "text", datatype: "BYTES", shape: [2], data: ['a"ü', ""] },
        { name: "flag", datatype: "BOOL", shape: [2], data: [true, false] },
        { name: "whole", datatype: "INT32", shape: [2], data: [-2147483648, 7] },
        { name: "big", datatype: "INT64", shape: [2], data: ["9223372036854775807", -5] },
        { name: "double", datatype: "FP64", shape: [2, 2], data: [0.1, "NaN", "-Infinity", 1e300] },
      ],
    });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain("[9223372036854775807,-5]");
    const data = Object.fromEntries(outputsOf(reply.body).map((output) => [output.name, output.data]));
    expect(data).toMatchObject({ textOut: ['a"ü', ""], flagOut: [true, false], wholeOut: [-2147483648, 7], doubleOut: [0.1, "NaN", "-Infinity", 1e300] });
  });

  it("serves the tensors of a model with a ZipMap and says why the rest is not there", async () => {
    const reply = await runtime.infer(names.zipMap, { inputs: [x([[5, 0], [-5, 0]])] });
    expect(outputsOf(reply.body)).toEqual([{ name: "label", datatype: "INT64", shape: [2], data: [0, 1] }]);
    const asked = await runtime.infer(names.zipMap, { inputs: [x([[5, 0]])], outputs: [{ name: "probabilities" }] });
    expect(asked).toMatchObject({ status: 400, body: { error: expect.stringContaining("not a tensor") as string } });
  });

  it("fails only the bad one of requests that ran together", async () => {
    const ask = (index: number) => runtime.infer(names.lookup, { inputs: [{ name: "i", datatype: "INT64", shape: [1], data: [index] }] });
    const replies = await Promise.all([0, 1, 99, 1, 0].map(ask));
    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 422, 200, 200]);
    expect(replies[2]?.body["error"]).toContain("failed on this input");
    expect(outputsOf(replies[3]?.body ?? {})[0]?.data).toEqual([20]);
  });
});

describe("the digits example", () => {
  it.each(["champion", "challenger"])("%s recognises handwritten digits", async (model) => {
    const example = (path: string) => readFileSync(new URL(`../../../examples/digits/${path}`, import.meta.url));
    const [header = "", ...lines] = example("digits.csv").toString().trim().split("\n");
    const columns = header.trim().split(",");
    const rows = lines.slice(0, 200).map((line) => line.trim().split(",").map(Number));
    const name = versionName(model === "champion" ? 30 : 31);
    await runtime.call("POST", `/v2/repository/models/${name}/load`, blobs.offer({ "model.onnx": example(`models/${model}.onnx`) }));
    const { body: metadata } = await runtime.call("GET", `/v2/models/${name}`);
    const [port] = metadata["inputs"] as { name: string; shape: number[] }[];
    expect(port?.shape).toEqual([-1, 64]);
    const pixels = columns.flatMap((column, index) => (column.startsWith("pixel_") ? [index] : []));
    const label = columns.findIndex((column) => /^(label|digit|target)$/.test(column));
    const reply = await runtime.infer(name, { inputs: [{ name: port?.name, datatype: "FP32", shape: [rows.length, 64], data: rows.map((row) => pixels.map((index) => row[index])) }] });
    const predicted = outputsOf(reply.body).find((output) => output.shape.length === 1)?.data ?? [];
    expect(rows.filter((row, index) => Number(predicted[index]) === row[label]).length / rows.length).toBeGreaterThan(0.85);
  });
});

describe("bad requests get a clear answer", () => {
  const good = x([[1, 2, 3]]);
  it.each<[string, unknown, RegExp]>([
    ["no JSON", "{", /not JSON/],
    ["NaN in JSON", '{"inputs":[{"name":"x","data":[NaN]}]}', /NaN and Infinity are not JSON/],
    ["not an object", "[]", /must be an object/],
    ["no inputs", {}, /"inputs" is missing.*"x"/],
    ["a missing input", { inputs: [] }, /Input "x" is missing: the model takes FP32 \[-1, 3\]/],
    ["an unknown input", { inputs: [good, { ...good, name: "z" }] }, /no input "z"; it takes "x"/],
    ["an input twice", { inputs: [good, good] }, /"x" is given twice/],
    ["another datatype", { inputs: [{ ...good, datatype: "FP64" }] }, /datatype is "FP64", but the model takes FP32/],
    ["an unknown datatype", { inputs: [{ ...good, datatype: "float" }] }, /takes FP32. Datatypes are BOOL/],
    ["another shape", { inputs: [{ ...good, shape: [1, 4] }] }, /shape is \[1, 4\], but the model takes \[-1, 3\]/],
    ["another rank", { inputs: [{ ...good, shape: [3] }] }, /shape is \[3\]/],
    ["a negative dimension", { inputs: [{ ...good, shape: [-1, 3] }] }, /from 1 up/],
    ["no rows", { inputs: [{ ...good, shape: [0, 3], data: [] }] }, /from 1 up/],
    ["a huge shape", { inputs: [{ ...good, shape: [1e9, 3] }] }, /too large/],
    ["no shape", { inputs: [{ name: "x", datatype: "FP32", data: [1, 2, 3] }] }, /shape is undefined/],
    ["too little data", { inputs: [{ ...good, data: [1, 2] }] }, /data has 2 elements, but shape \[1, 3\] needs 3/],
    ["wrongly nested data", { inputs: [{ ...good, data: [[1, 2], [3]] }] }, /2 members at level 1/],
    ["mixed nesting", { inputs: [{ ...good, data: [[1, 2, [3]]] }] }, /nested exactly/],
    ["no data", { inputs: [{ ...good, data: undefined }] }, /data is undefined; it must be an array/],
    ["a text", { inputs: [{ ...good, data: [1, "2", 3] }] }, /element 1 of data is "2"; FP32 takes numbers/],
    ["null", { inputs: [{ ...good, data: [1, null, 3] }] }, /element 1 of data is null/],
    ["a number beyond FP32", { inputs: [{ ...good, data: [1, 1e39, 3] }] }, /element 1 of data is 1e\+39/],
    ["an unknown output", { inputs: [good], outputs: [{ name: "q" }] }, /no output "q"; it gives "y"/],
    ["a bad id", { id: 7, inputs: [good] }, /"id" is 7/],
    ["binary output", { inputs: [good], outputs: [{ name: "y", parameters: { binary_data: true } }] }, /binary extension is not supported/],
    ["binary input", { inputs: [{ name: "x", datatype: "FP32", shape: [1, 3], parameters: { binary_data_size: 12 } }] }, /binary extension is not supported/],
  ])("%s", async (_, body, error) => {
    const reply = await runtime.infer(names.linear, body);
    expect(reply.status).toBe(400);
    expect(reply.body["error"]).toMatch(error);
  });

  it("checks whole numbers against their range", async () => {
    const echo = (changes: Record<string, unknown>) =>
      runtime.infer(names.echo, {
        inputs: Object.entries({ text: ["BYTES", "a"], flag: ["BOOL", true], whole: ["INT32", 1], big: ["INT64", 1], double: ["FP64", 1] }).map(([name, [datatype, value]]) => ({ name, datatype, shape: name === "double" ? [1, 2] : [1], data: name === "double" ? [value, value] : [changes[name] ?? value] })),
      });
    expect((await echo({})).status).toBe(200);
    for (const [name, value, expected] of [["whole", 2147483648, /INT32 takes whole numbers from -2147483648/], ["whole", 1.5, /takes whole numbers/], ["big", 2 ** 60, /beyond 2\^53 written as text/], ["big", "9223372036854775808", /INT64 takes/], ["flag", 1, /true or false/], ["text", 5, /BYTES takes text/]] as const) {
      const reply = await echo({ [name]: value });
      expect(reply.status).toBe(400);
      expect(reply.body["error"]).toMatch(expected);
    }
  });

  it("answers for transport: secret, methods, paths, content types, size", async () => {
    const path = `/v2/models/${names.linear}/infer`;
    expect((await runtime.call("POST", path, { inputs: [good] }, { authorization: "Bearer wrong" })).status).toBe(401);
    expect((await runtime.call("GET", "/v2", undefined, { authorization: "" })).status).toBe(401);
    expect((await runtime.call("GET", "/v2/health/live", undefined, { authorization: "" })).body).toEqual({ live: true });
    expect((await runtime.call("GET", path)).status).toBe(405);
    expect((await runtime.call("GET", "/v2/nothing")).status).toBe(404);
    expect((await runtime.infer(versionName(99), { inputs: [good] })).status).toBe(404);
    expect((await runtime.call("POST", `/v2/models/${names.linear}/versions/2/infer`, { inputs: [good] })).status).toBe(404);
    expect((await runtime.call("POST", path, "x", { "content-type": "text/csv" })).status).toBe(415);
    expect((await runtime.call("POST", path, "x", { "content-encoding": "gzip" })).status).toBe(415);
    expect((await runtime.call("POST", path, new Uint8Array(8), { "content-type": "application/octet-stream", "inference-header-content-length": "4" })).body["error"]).toContain("binary tensor extension");
    const huge = await runtime.call("POST", path, JSON.stringify({ inputs: [good], pad: "x".repeat(2_000_000) }));
    expect(huge).toMatchObject({ status: 413, body: { error: expect.stringContaining("1000000") as string } });
    expect((await runtime.infer(names.linear, { inputs: [good] })).status).toBe(200);
  });
});
