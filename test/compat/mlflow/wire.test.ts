import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { preparePython, runMlflow } from "../../support/python";
import { startSystem, type System } from "../../support/system";

const folder = path.join(process.cwd(), "test", "compat", "mlflow");

let system: System;
const pythons: Record<string, string> = {};

beforeAll(async () => {
  pythons["3"] = preparePython("mlflow-3", path.join(folder, "requirements.txt"));
  pythons["2"] = preparePython("mlflow-2", path.join(folder, "requirements-legacy.txt"));
  system = await startSystem();
}, 1_800_000);
afterAll(() => system.stop());

describe("the unmodified MLflow client", () => {
  test.each([
    ["3", "modelling.py", "evaluates, logs tables and pictures, measures the machine, nests runs, searches models"],
    ["3", "traces.py", "writes, searches, reads and judges traces, with spans by OpenTelemetry's protocol"],
    ["2", "legacy.py", "of the last 2.x release tracks, registers, moves stages and aliases, loads and traces"],
  ])("%s: %s %s", async (major, script) => {
    const { code, output } = await runMlflow(pythons[major] ?? "", path.join(folder, script), system.url, { MLFLOW_TRACKING_TOKEN: system.admin.token });
    expect(code, output).toBe(0);
    expect(output).toContain(`mlflow ${major}.`);
    expect(output).toContain("ok all");
  }, 600_000);
});
