import { afterAll, beforeAll, expect, test } from "vitest";

import { newId } from "@/lib/core/ids";
import { systemContext } from "@/lib/identity/server";
import { addLabels, closeLogPool, consumeBatches, createMonitor, evaluateMonitor, findDueMonitors, getIncident, listIncidents, listMonitorResults, muteIncident, resolveIncident, resolveIncidentsByRollback } from "@/lib/monitoring/server";
import { type Context, transact } from "@/lib/platform/context";
import { createLcg } from "@/lib/stats";

import { testDeps, type TestDeps } from "../../support/deps";
import { type Digit, readDigits } from "../../support/digits";
import { testContext } from "../../support/factories";
import { digitsBodies, type TestCall, writeBatch } from "../../support/inference";
import { makeMonitored, type Monitored } from "../../support/monitored";

let deps: TestDeps;
let ctx: Context;
let usual: Digit[];
let thick: Digit[];
beforeAll(async () => {
  deps = await testDeps();
  ctx = await testContext(deps, { roles: ["maintainer", "operator"] });
  const digits = await readDigits();
  usual = digits.part("heldout_usual");
  thick = digits.part("heldout_thick");
});
afterAll(async () => {
  await closeLogPool(deps.env);
  await deps.close();
});

const random = createLcg(7);
const draw = (rows: readonly Digit[], n: number): Digit[] =>
  Array.from({ length: n }, () => {
    const found = rows[Math.floor(random() * rows.length)];
    if (!found) throw new Error("no row");
    return found;
  });

const windowMs = 10_000;

/** Ten seconds of traffic that end at the clock's time plus ten seconds; then the clock moves past the grace. */
const playWindow = async (made: Monitored, rows: readonly Digit[], extra: Partial<TestCall> = {}): Promise<string[]> => {
  const start = deps.clock.current().getTime();
  const { predictionIds } = await writeBatch(
    deps,
    rows.map((row, i) => ({ at: new Date(start + (i % 9_900)), workspaceId: made.workspaceId, endpointId: made.endpointId, versionId: made.versionId, ...digitsBodies(row.pixels, row.label), ...extra })),
  );
  deps.clock.advance(windowMs);
  await consumeBatches(deps);
  return predictionIds;
};
const evaluateAll = async (): Promise<void> => {
  for (let due = await findDueMonitors(deps); due.length > 0; due = await findDueMonitors(deps)) for (const payload of due) await evaluateMonitor(deps, payload);
};
const settle = async (): Promise<void> => {
  deps.clock.advance(3_500);
  await evaluateAll();
  deps.clock.set(new Date(Math.ceil(deps.clock.current().getTime() / windowMs) * windowMs));
};
const predictionOf = (id: string): string => `prd_${id.replaceAll("-", "")}`;
const openOf = async (made: Monitored) => (await listIncidents(ctx, { status: "unresolved", endpoint: made.endpoint, limit: 50 })).items;

test("real digits: 50 quiet windows raise nothing, thick strokes open one incident that clears when the usual ones return", { timeout: 180_000 }, async () => {
  const made = await makeMonitored(deps, ctx);
  const inputs = await createMonitor(ctx, made.endpoint, undefined, { name: "Inputs", kind: "drift", params: { measure: "psi", limit: 0.2, alpha: 0.001 }, windowSeconds: 10, minRows: 300, violationsToOpen: 2, windowsLookedAt: 3 });
  const mix = await createMonitor(ctx, made.endpoint, undefined, { name: "Mix", kind: "prediction_drift", params: { measure: "psi", limit: 0.2, alpha: 0.001 }, windowSeconds: 10, minRows: 300, violationsToOpen: 2, windowsLookedAt: 3 });
  expect((await deps.db.endpoint.findUniqueOrThrow({ where: { id: made.endpointId } })).profileGrainSeconds).toBe(10);
  let over = 0;
  for (let window = 0; window < 50; window += 1) {
    await playWindow(made, draw(usual, 450));
    deps.clock.advance(3_500);
    await evaluateAll();
    const [latest] = (await listMonitorResults(ctx, inputs.id, { limit: 1 })).items;
    expect(latest?.rows).toBe(450);
    if (latest?.violated) over += 1;
    deps.clock.set(new Date(Math.ceil(deps.clock.current().getTime() / windowMs) * windowMs));
  }
  expect(await openOf(made)).toEqual([]);
  expect(over).toBeLessThanOrEqual(2);
  expect((await listMonitorResults(ctx, mix.id, { limit: 100 })).items.filter((result) => result.violated)).toEqual([]);

  // Too few rows, and none, say nothing.
  await playWindow(made, draw(thick, 120));
  await settle();
  expect((await listMonitorResults(ctx, inputs.id, { limit: 1 })).items[0]).toMatchObject({ status: "INSUFFICIENT", reason: "120 of 300 profiled rows.", violated: false });
  deps.clock.advance(windowMs);
  await settle();
  expect((await listMonitorResults(ctx, inputs.id, { limit: 1 })).items[0]).toMatchObject({ status: "NO_DATA", value: null });

  for (let window = 0; window < 3; window += 1) {
    await playWindow(made, draw(thick, 450));
    await settle();
  }
  const opened = (await openOf(made)).filter((incident) => incident.kind === "drift");
  expect(opened).toHaveLength(1);
  const incident = opened[0];
  if (!incident) return;
  expect(incident).toMatchObject({ severity: "WARNING", status: "open", title: `Inputs of ${made.endpoint} drifted` });
  expect(incident.cause).toMatch(/^pixel_\d_\d shifted [+−]\d\.\dσ; \d+ of 64 features over their limit since \d\d:\d\d UTC\.$/);
  // A rollback changes the version, not the stream.
  await transact(deps, (tx, now) => resolveIncidentsByRollback(tx, systemContext(deps, ctx.workspace, "rollouts"), now, { endpointId: made.endpointId, versionId: made.versionId, rolloutId: newId(), by: "Oskar" }));
  expect((await openOf(made)).map((found) => found.id)).toContain(incident.id);
  for (let window = 0; window < 3; window += 1) {
    await playWindow(made, draw(usual, 450));
    await settle();
  }
  expect(await openOf(made)).toEqual([]);
  const page = await getIncident(ctx, `INC-${incident.number}`);
  expect(page).toMatchObject({ status: "resolved", resolution: "cleared", resolvedByAction: "Clear rule of the monitor Inputs" });
  expect(page.timeline.map((event) => event.type)).toEqual(["opened", "resolved"]);
});

test("performance: late labels open an incident, a rollback resolves it and says so, another can be resolved by hand", async () => {
  const made = await makeMonitored(deps, ctx, { pin: false });
  deps.clock.set(new Date(Math.ceil(deps.clock.current().getTime() / windowMs) * windowMs));
  await createMonitor(ctx, made.endpoint, undefined, { name: "Accuracy", kind: "performance", params: { metric: "accuracy", line: 0.9, confidence: 0.95 }, windowSeconds: 10, minRows: 100, violationsToOpen: 2, windowsLookedAt: 3 });
  const labelWindow = async (rows: readonly Digit[], ids: readonly string[], share: number): Promise<void> => {
    await addLabels(ctx, { endpoint: made.endpoint, items: ids.map((id, i) => ({ predictionId: predictionOf(id), value: i < share * ids.length ? (rows[i]?.label ?? 0) : ((rows[i]?.label ?? 0) + 1) % 10 })) });
    deps.clock.advance(2_000);
    await evaluateAll();
  };
  const played: { rows: Digit[]; ids: string[] }[] = [];
  for (let window = 0; window < 3; window += 1) {
    const rows = draw(usual, 150);
    played.push({ rows, ids: await playWindow(made, rows) });
    await settle();
  }
  expect(await openOf(made)).toEqual([]);
  for (const { rows, ids } of played.slice(0, 2)) await labelWindow(rows, ids, 0.7);
  const [incident] = await openOf(made);
  expect(incident).toMatchObject({ kind: "performance", severity: "CRITICAL", version: 1, title: `Accuracy of ${made.endpoint} v1 is below 90 %` });
  expect(incident?.cause).toMatch(/^Accuracy is 70 %, 62\.\d % to 76\.\d %, n 150; critical below 90 %, since/);
  expect(incident && (await muteIncident(ctx, incident.id, { until: new Date(deps.clock.current().getTime() + 60_000).toISOString() }))).toMatchObject({ status: "open" });
  const rolloutId = newId();
  const resolved = await transact(deps, (tx, now) => resolveIncidentsByRollback(tx, ctx, now, { endpointId: made.endpointId, versionId: made.versionId, rolloutId, by: "Oskar" }));
  expect(resolved).toBe(1);
  const page = await getIncident(ctx, incident?.id ?? "");
  expect(page).toMatchObject({ status: "resolved", resolution: "rollback", resolvedByAction: `Rollback rol_${rolloutId.replaceAll("-", "")} by Oskar` });
  expect(await deps.db.auditEvent.count({ where: { action: "incident.resolve", targetId: page.id } })).toBe(1);
  // Labels of windows before the rollback open nothing again.
  await labelWindow(played[2]?.rows ?? [], played[2]?.ids ?? [], 0.5);
  expect(await openOf(made)).toEqual([]);
  for (let window = 0; window < 2; window += 1) {
    deps.clock.set(new Date(Math.ceil(deps.clock.current().getTime() / windowMs) * windowMs));
    const rows = draw(usual, 150);
    await labelWindow(rows, await playWindow(made, rows), 0.6);
    await settle();
  }
  const [second] = await openOf(made);
  expect(second).toMatchObject({ kind: "performance" });
  await resolveIncident(ctx, second?.id ?? "", { reason: "The labels of this hour were wrong" });
  expect(await getIncident(ctx, second?.id ?? "")).toMatchObject({ status: "resolved", resolution: "by_hand" });
  await expect(resolveIncident(ctx, second?.id ?? "", { reason: "again" })).rejects.toMatchObject({ code: "incident.resolved" });
});
