import { describe, expect, it } from "vitest";

import { diffSchemas } from "@/lib/registry/diff";
import type { SignaturePort, StoredSignature } from "@/lib/registry";

const port = (name: string, datatype = "FP64", rest: Partial<SignaturePort> = {}): SignaturePort => ({ name, kind: "tensor", datatype, shape: [null], dimensionNames: [null], ...rest });
const signature = (inputs: SignaturePort[], outputs: SignaturePort[] = [port("y")], form: StoredSignature["form"] = "columns"): StoredSignature => ({ inputs, outputs, form });
const param = (name: string, type = "double", fallback = "0.5", shape: (number | null)[] | null = null) => ({ name, type, default: fallback, shape });
const diff = (before: StoredSignature | null, after: StoredSignature | null, params: [ReturnType<typeof param>[], ReturnType<typeof param>[]] = [[], []]) => diffSchemas({ signature: before, params: params[0] }, { signature: after, params: params[1] });

describe("the difference between two versions", () => {
  it("is none between the same", () => expect(diff(signature([port("a")]), signature([port("a")]))).toEqual({ verdict: "compatible", reason: "Inputs, outputs and parameters are the same.", changes: [] }));
  it("can't be told without signatures", () => expect(diff(null, signature([]))).toMatchObject({ verdict: "unknown", changes: [] }));

  it.each<[string, SignaturePort[], SignaturePort[], string, boolean]>([
    ["a new required input", [port("a")], [port("a"), port("b")], "added", true],
    ["a new optional input", [port("a")], [port("a"), port("b", "FP64", { required: false })], "added", false],
    ["an input that is gone", [port("a"), port("b")], [port("a")], "removed", true],
    ["another type", [port("a", "BYTES")], [port("a", "INT64")], "type", true],
    ["a wider type of a column", [port("a", "INT32")], [port("a", "INT64")], "type", false],
    ["a narrower type of a column", [port("a", "INT64")], [port("a", "INT32")], "type", true],
    ["a fixed size where any was taken", [port("a", "FP32", { shape: [null, null] })], [port("a", "FP32", { shape: [null, 4] })], "shape", true],
    ["any size where one was fixed", [port("a", "FP32", { shape: [null, 4] })], [port("a", "FP32", { shape: [null, null] })], "shape", false],
    ["another rank", [port("a", "FP32", { shape: [null] })], [port("a", "FP32", { shape: [null, 1] })], "shape", true],
    ["an input that must be sent from now on", [port("a", "FP64", { required: false })], [port("a")], "required", true],
    ["an input that may be left out", [port("a")], [port("a", "FP64", { required: false })], "required", false],
    ["columns in another order", [port("a", "FP32", { shape: [null, 2], features: ["x", "z"] })], [port("a", "FP32", { shape: [null, 2], features: ["z", "x"] })], "columns", true],
  ])("%s", (_what, before, after, change, breaks) => {
    const found = diff(signature(before), signature(after));
    expect(found.changes.map((item) => [item.change, item.breaks])).toEqual([[change, breaks]]);
    expect(found.verdict).toBe(breaks ? "breaking" : "compatible");
  });

  it("takes no conversion for granted where tensors are sent", () => expect(diff(signature([port("a", "FP32")], [port("y")], "tensors"), signature([port("a", "FP64")], [port("y")], "tensors")).verdict).toBe("breaking"));

  it("judges outputs by what readers find", () => {
    expect(diff(signature([], [port("y")]), signature([], [port("y"), port("p")])).verdict).toBe("compatible");
    expect(diff(signature([], [port("y"), port("p")]), signature([], [port("y")])).changes).toMatchObject([{ side: "output", name: "p", change: "removed", breaks: true }]);
    expect(diff(signature([], [port("y", "FP32")]), signature([], [port("y", "FP64")])).verdict).toBe("breaking");
  });

  it("judges parameters, and the form of requests", () => {
    expect(diff(signature([]), signature([]), [[param("t")], [param("t", "double", "0.7"), param("k")]])).toMatchObject({ verdict: "compatible", changes: [{ change: "default" }, { change: "added" }] });
    expect(diff(signature([]), signature([]), [[param("t"), param("k")], [param("t", "string")]])).toMatchObject({ verdict: "breaking", changes: [{ name: "t", change: "type" }, { name: "k", change: "removed" }] });
    expect(diff(signature([port("a")]), signature([port("a")], [port("y")], "tensors")).changes).toMatchObject([{ change: "form", before: "columns", after: "tensors", breaks: true }]);
  });
});
