import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { featuresOf } from "@/lib/inspection";
import { inspectMemory } from "./memory-bundle";

describe("the digits models of the example", () => {
  it.each(["champion", "challenger", "harmful"])("%s is clean, takes 64 features and gives a tensor for every output", async (name) => {
    const result = await inspectMemory({ "model.onnx": new Uint8Array(readFileSync(new URL(`../../../examples/digits/models/${name}.onnx`, import.meta.url))) });
    expect(result).toMatchObject({ verdict: "clean", format: "onnx", findings: [] });
    expect(result.signature && featuresOf(result.signature)).toHaveLength(64);
    expect(result.signature?.outputs.map((port) => port.kind)).toEqual(["tensor", "tensor"]);
    expect(result.summary?.parameterCount).toBeGreaterThan(600);
  });
});
