import { readFileSync } from "node:fs";

import { BlobServer, versionName } from "../integration/runtime/blob-server";
import { RuntimeProcess, secret } from "../integration/runtime/runtime-process";
import { type LoadResult, postRequest, runLoad } from "./load";

/*
 * Measures the bundled runtime in its own process with the digits' champion and challenger: requests/s of one row each over 32
 * connections, and the time of a lone one. Generator and runtime share the machine.
 */

const row = Array.from({ length: 64 }, (_unused, index) => index % 17);
const request = (name: string, rows: number): Buffer =>
  postRequest(`/v2/models/${name}/infer`, { authorization: `Bearer ${secret}` }, JSON.stringify({ inputs: [{ name: "X", shape: [rows, 64], datatype: "FP32", data: Array.from({ length: rows }, () => row).flat() }] }));

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
const print = (name: string, value: number, unit: string): void => void process.stdout.write(`${JSON.stringify({ name, value: Number(value.toPrecision(4)), unit })}\n`);

const repeat = async (times: number, once: () => Promise<LoadResult>): Promise<LoadResult[]> => {
  const results: LoadResult[] = [];
  for (let turn = 0; turn < times; turn += 1) results.push(await once());
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  if (failed > 0) throw new Error(`${failed} requests failed`);
  return results;
};

const blobs = new BlobServer();
const runtime = new RuntimeProcess();
await blobs.start();
await runtime.start();
try {
  for (const [index, model] of ["champion", "challenger"].entries()) {
    const name = versionName(index + 1);
    const loaded = await runtime.call("POST", `/v2/repository/models/${name}/load`, blobs.offer({ "model.onnx": readFileSync(`examples/digits/models/${model}.onnx`) }));
    if (loaded.body["state"] !== "READY") throw new Error(loaded.text);
    const load = (rows: number, connections: number) => (): Promise<LoadResult> => runLoad({ port: runtime.port, request: request(name, rows), connections, seconds: 2 });
    await load(1, 8)(); // warms up
    const many = await repeat(3, load(1, 32));
    print(`runtime.${model}.requests_per_second`, median(many.map(({ perSecond }) => perSecond)), "requests/s");
    const lone = await repeat(3, load(1, 1));
    print(`runtime.${model}.latency_p50`, median(lone.map(({ p50Ms }) => p50Ms)), "ms");
    const batches = await repeat(3, load(64, 8));
    print(`runtime.${model}.rows_per_second`, 64 * median(batches.map(({ perSecond }) => perSecond)), "rows/s");
  }
} finally {
  await runtime.remove();
  await blobs.stop();
}
