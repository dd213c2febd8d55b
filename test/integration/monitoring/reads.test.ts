import { afterAll, beforeAll, expect, test } from "vitest";

import { type Context } from "@/lib/platform/context";
import { getDriftOperation, getFeatureOperation, getHealthOperation, getPerformanceOperation, getReferenceOperation, listFleetOperation } from "@/lib/monitoring";
import { addLabels, closeLogPool, consumeBatches, createMonitor, deleteMonitor, evaluateMonitor, findDueMonitors, getDrift, getFeature, getHealth, getPerformance, getReference, listFleet, listMonitors, pinReference, updateMonitor } from "@/lib/monitoring/server";

import { testDeps, type TestDeps } from "../../support/deps";
import { type Digit, digitsCsv, readDigits } from "../../support/digits";
import { testContext, withToken } from "../../support/factories";
import { digitsBodies, writeBatch } from "../../support/inference";
import { sourceOf } from "../../support/models";
import { makeMonitored, type Monitored } from "../../support/monitored";

let deps: TestDeps;
let ctx: Awaited<ReturnType<typeof testContext>>;
let made: Monitored;
let header: string[];
let train: Digit[];
let thick: Digit[];
beforeAll(async () => {
  deps = await testDeps();
  ctx = await testContext(deps);
  const digits = await readDigits();
  ({ header } = digits);
  train = digits.part("train");
  thick = digits.part("heldout_thick");
  made = await makeMonitored(deps, ctx, { grainSeconds: 10 });
});
afterAll(async () => {
  await closeLogPool(deps.env);
  await deps.close();
});

const pin = (csv: string, as: Context = ctx, format: "csv" | "json" = "csv") => pinReference(as, { model: made.endpoint, number: 2, format, predictionColumn: undefined, body: sourceOf(Buffer.from(csv)) });

test("a reference names what is wrong with its rows, is immutable and superseded", async () => {
  await expect(pin(digitsCsv(header, train.slice(0, 999)))).rejects.toMatchObject({ code: "reference.too_few_rows", message: expect.stringContaining("999") as string });
  await expect(pin(digitsCsv(header, train).replace("pixel_3_4", "pixel_x"))).rejects.toMatchObject({ code: "reference.missing_columns", message: expect.stringContaining('"pixel_3_4"') as string });
  const lines = digitsCsv(header, train).split("\n");
  lines[7] = (lines[7] ?? "").replace(/^[\d.]+,/, "abc,");
  await expect(pin(lines.join("\n"))).rejects.toMatchObject({ message: 'Row 8, column "pixel_0_0": "abc" is not a finite number.' });
  await expect(pin(`${lines.slice(0, 3).join("\n")}\n1,2,3`)).rejects.toMatchObject({ message: expect.stringMatching(/^Row 4 has 3 fields/) as string });
  await expect(pin("[1,2]", ctx, "json")).rejects.toMatchObject({ message: "Row 1 is not an object of columns." });
  await expect(pin(digitsCsv(header, train), withToken(ctx, ["monitoring:read"]))).rejects.toMatchObject({ kind: "forbidden" });
  const first = getReferenceOperation.response?.parse(await pin(digitsCsv(header, train)));
  expect(first).toMatchObject({ rows: 1060, version: 2, supersededAt: null, predictions: null });
  expect(first?.features).toHaveLength(64);
  for (const feature of first?.features ?? []) expect(feature.bins.reduce((sum, bin) => sum + bin.reference, 0)).toBe(1060);
  expect((await pin(digitsCsv(header, train))).id).toBe(first?.id);
  const json = JSON.stringify(train.slice(0, 1000).map((digit) => Object.fromEntries(header.map((name, i) => [name, digit.pixels[i]]))));
  const second = await pin(json, ctx, "json");
  expect(second.id).not.toBe(first?.id);
  expect(await getReference(ctx, made.endpoint, 2)).toMatchObject({ id: second.id, rows: 1000 });
  expect(await deps.db.reference.count({ where: { versionId: made.otherVersionId, supersededAt: null } })).toBe(1);
});

test("monitors: defaults, bad rules, names, changes; foreign ones are not found", async () => {
  const input = { name: "Errors", kind: "error_rate" as const, params: { limit: 0.01, confidence: 0.95 }, windowSeconds: 10, minRows: 50, violationsToOpen: 1, windowsLookedAt: 1 };
  const monitor = await createMonitor(ctx, made.endpoint, undefined, input);
  await expect(createMonitor(ctx, made.endpoint, undefined, input)).rejects.toMatchObject({ code: "monitor.exists" });
  await expect(updateMonitor(ctx, monitor.id, { violationsToOpen: 2 })).rejects.toMatchObject({ code: "monitor.bad_rule" });
  await expect(updateMonitor(ctx, monitor.id, { params: { limit: 7 } })).rejects.toMatchObject({ code: "monitor.bad_params" });
  expect(await updateMonitor(ctx, monitor.id, { params: { limit: 0.05 }, name: "Failures" })).toMatchObject({ name: "Failures", params: { limit: 0.05, confidence: 0.95 } });
  const stranger = await testContext(deps);
  await expect(updateMonitor(stranger, monitor.id, { name: "Mine" })).rejects.toMatchObject({ kind: "not_found" });
  await deleteMonitor(ctx, monitor.id);
  expect((await listMonitors(ctx, made.endpoint, undefined)).items).toEqual([]);
});

test("what the screens show: no data is a gap, drift by feature and window, accuracy with its interval, coverage", async () => {
  await createMonitor(ctx, made.endpoint, undefined, { name: "Inputs", kind: "drift", params: { measure: "psi", limit: 0.2, alpha: 0.001 }, windowSeconds: 10, minRows: 100, violationsToOpen: 2, windowsLookedAt: 3 });
  const windows = 4;
  for (let window = 0; window < windows; window += 1) {
    const rows = thick.slice(0, 150);
    const start = deps.clock.current().getTime();
    const batch = window === 1 ? null : await writeBatch(deps, rows.map((row, i) => ({ at: new Date(start + i), workspaceId: made.workspaceId, endpointId: made.endpointId, versionId: made.versionId, ...digitsBodies(row.pixels, row.label) })));
    deps.clock.advance(10_000);
    await consumeBatches(deps);
    if (batch) await addLabels(ctx, { endpoint: made.endpoint, items: batch.predictionIds.slice(0, 100).map((id, i) => ({ predictionId: id, value: i < 90 ? (rows[i]?.label ?? 0) : "x" })) });
  }
  deps.clock.advance(3_500);
  for (const payload of await findDueMonitors(deps)) await evaluateMonitor(deps, payload);
  const health = getHealthOperation.response?.parse(await getHealth(ctx, made.endpoint, {}));
  expect(health?.total).toEqual({ requests: 450, errors: 0, rejected: 0, labelled: 300 });
  expect(health?.endpoint).toMatchObject({ status: "WARNING", title: `Inputs of ${made.endpoint} drifted`, hasReference: true, version: 1 });
  expect(health?.points.filter((point) => point.requests > 0)).toHaveLength(3);
  expect(health?.points.filter((point) => point.requests === 0).every((point) => point.errorRate === null && point.p95Ms === null && point.accuracy === null)).toBe(true);
  const drift = getDriftOperation.response?.parse(await getDrift(ctx, made.endpoint, {}));
  expect(drift?.windows.map((window) => window.status)).toEqual(["WARNING", "NO_DATA", "WARNING", "WARNING"]);
  expect(drift?.features).toHaveLength(64);
  const worst = drift?.features[0];
  expect(worst?.cells[1]).toBeNull();
  expect(worst?.latest).toBeGreaterThan(1);
  const feature = getFeatureOperation.response?.parse(await getFeature(ctx, made.endpoint, worst?.name ?? "", {}));
  expect(feature?.n).toEqual({ reference: 1060, current: 150 });
  expect(feature?.bins.reduce((sum, bin) => sum + bin.current, 0)).toBeCloseTo(1, 9);
  expect(feature?.tests.map((row) => row.verdict)).toEqual(["over", "none", "over", "over"]);
  const performance = getPerformanceOperation.response?.parse(await getPerformance(ctx, made.endpoint, {}));
  expect(performance?.coverage).toMatchObject({ predictions: 450, labelled: 300 });
  expect(performance?.accuracy).toMatchObject({ value: 0.9, n: 300 });
  expect(performance?.confusion.rows.find((row) => row.label === "x")?.total).toBe(30);
  const fleet = listFleetOperation.response?.parse(await listFleet(ctx, "production"));
  expect(fleet?.items[0]).toMatchObject({ name: made.endpoint, status: "WARNING", openIncidents: 1, version: 1 });
});

test("the latest range begins with a young endpoint's life, or with older data that was sent in", async () => {
  const now = deps.clock.current().getTime();
  const beginAfter = async (createdAt: number): Promise<number> => {
    await deps.db.endpoint.updateMany({ where: { name: made.endpoint, workspaceId: made.workspaceId }, data: { createdAt: new Date(createdAt) } });
    const { from, to } = await getHealth(ctx, made.endpoint, {});
    return Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
  };
  expect(await beginAfter(now - 86_400_000)).toBe(30);
  expect(await beginAfter(now - 600_000)).toBe(10);
  expect(await beginAfter(now)).toBe(5);
  await writeBatch(deps, [{ at: new Date(now - 1_200_000), workspaceId: made.workspaceId, endpointId: made.endpointId, versionId: made.versionId }]);
  await consumeBatches(deps);
  expect(await beginAfter(now)).toBe(20);
});
