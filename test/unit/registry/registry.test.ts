import { describe, expect, test } from "vitest";

import type { Port, Signature } from "@/lib/inspection";
import { findAliasProblem, findModelNameProblem, versionView } from "@/lib/registry";
import { mergeSignature } from "@/lib/registry/signature";
import { type VersionFacts, versionStateOf } from "@/lib/registry/view";

const port = (name: string, shape: (number | null)[], datatype = "FP32"): Port => ({ name, kind: "tensor", datatype, shape, dimensionNames: shape.map(() => null) });
const signature: Signature = { inputs: [port("x", [null, 3]), port("age", [null, 1])], outputs: [port("label", [null], "INT64")], featureNames: null };

describe("a signature", () => {
  test("carries the names of its columns and what is sensitive", () => {
    const { signature: merged, findings } = mergeSignature(signature, { featureNames: ["a", "b", "c", "age"], sensitive: ["b", "label", "c"] });
    expect(findings).toEqual([]);
    expect(merged.inputs[0]).toMatchObject({ name: "x", features: ["a", "b", "c"], sensitive: [1, 2] });
    expect(merged.inputs[1]).not.toHaveProperty("sensitive");
    expect(merged.outputs[0]).toMatchObject({ sensitive: true });
  });

  test("takes the whole input when its own name is declared, also after a column", () => {
    const { signature: merged } = mergeSignature(signature, { featureNames: ["a", "b", "c", "age"], sensitive: ["a", "x"] });
    expect(merged.inputs[0]?.sensitive).toBe(true);
  });

  test.each([
    [{ featureNames: ["a"] }, "signature.feature_names"],
    [{ sensitive: ["nobody"] }, "signature.sensitive_unknown"],
  ])("refuses %j", (declared, code) => {
    expect(mergeSignature(signature, declared).findings).toMatchObject([{ code, severity: "refuse" }]);
  });

  test("without declarations stays as the inspection found it", () => {
    expect(mergeSignature(signature, {}).signature).toEqual({ inputs: signature.inputs, outputs: signature.outputs });
  });
});

const facts = (given: Partial<VersionFacts>): VersionFacts => ({ status: "ready", aliases: [], deployments: [], isRequested: false, hasServed: false, ...given });
const on = (role: "stable" | "candidate" | "shadow" | "preparing" | "warm", isProduction = true, weightPercent = 0) => ({ role, isProduction, weightPercent });

describe("the state of a version", () => {
  test.each<[string, Partial<VersionFacts>]>([
    ["checking", { status: "checking" }],
    ["refused", { status: "refused", aliases: ["challenger"] }],
    ["unverified", { status: "unverified" }],
    ["registered", {}],
    ["candidate", { isRequested: true }],
    ["candidate", { aliases: ["challenger"] }],
    ["candidate", { deployments: [on("preparing")] }],
    ["shadow", { deployments: [on("shadow")] }],
    ["canary", { deployments: [on("candidate", true, 25)], hasServed: true }],
    ["serving", { deployments: [on("stable", false, 100)] }],
    ["champion", { deployments: [on("stable", true, 100), on("candidate", false, 5)] }],
    ["retired", { hasServed: true }],
    ["retired", { hasServed: true, deployments: [on("warm")] }],
  ])("is %s for %j", (state, given) => {
    expect(versionStateOf(facts(given))).toBe(state);
  });

  test("names the weight of a canary", () => {
    expect(versionView({ state: "canary", deployments: [on("candidate", true, 25)] }).word).toBe("In canary, 25 %");
  });
});

describe("names", () => {
  test.each(["digits", "my model", "Größe-2", "a.b"])("a model may be called %j", (name) => expect(findModelNameProblem(name)).toBeUndefined());
  test.each(["", "  ", " a", "a/b", "a:b", "a\\b", "a\tb", "..", "x".repeat(251)])("a model may not be called %j", (name) => expect(findModelNameProblem(name)).toEqual(expect.any(String)));
  test.each(["champion", "v", "blue-2", "V_1", "größe", "生产"])("an alias may be %j", (alias) => expect(findAliasProblem(alias)).toBeUndefined());
  test.each(["", "latest", "LATEST", "v1", "V12", "a b", "a.b", "x".repeat(256)])("an alias may not be %j", (alias) => expect(findAliasProblem(alias)).toEqual(expect.any(String)));
});
