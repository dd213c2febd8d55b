import { afterAll, beforeAll, expect, test } from "vitest";

import { newId } from "@/lib/core/ids";
import { addLabels, closeLogPool, consumeBatches, joinLabels } from "@/lib/monitoring/server";
import { mergeProfiles, type Profile } from "@/lib/monitoring/profiles";
import type { Context } from "@/lib/platform/context";
import { countFeature, type FeatureSpec, LogHistogram } from "@/lib/stats";

import { testDeps, type TestDeps } from "../../support/deps";
import { type Digit, readDigits } from "../../support/digits";
import { testContext } from "../../support/factories";
import { digitsBodies, forgetHints, type TestCall, writeBatch } from "../../support/inference";
import { makeMonitored, type Monitored } from "../../support/monitored";

let deps: TestDeps;
let ctx: Context;
let digits: Digit[];
beforeAll(async () => {
  deps = await testDeps();
  ctx = await testContext(deps);
  digits = (await readDigits()).part("heldout_usual");
});
afterAll(async () => {
  await closeLogPool(deps.env);
  await deps.close();
});

const at = (offsetMs: number): Date => new Date(deps.clock.current().getTime() + offsetMs);
const callOf = (made: Monitored, digit: Digit, extra: Partial<TestCall> = {}): TestCall => ({
  at: at(-30_000),
  workspaceId: made.workspaceId,
  endpointId: made.endpointId,
  versionId: made.versionId,
  ...digitsBodies(digit.pixels, digit.label),
  ...extra,
});
const digit = (index: number): Digit => {
  const found = digits[index % digits.length];
  if (!found) throw new Error("no digit");
  return found;
};
const armOf = (made: Monitored, arm = "stable") => deps.db.armStats.findFirstOrThrow({ where: { endpointId: made.endpointId, arm } });
const pairsOf = (made: Monitored) => deps.db.pairStats.findFirstOrThrow({ where: { endpointId: made.endpointId } });
const profilesOf = async (made: Monitored, arm = "stable") => deps.db.windowProfile.findMany({ where: { endpointId: made.endpointId, arm }, orderBy: { windowStart: "asc" } });
const predictionOf = (id: string): string => `prd_${id.replaceAll("-", "")}`;

test("counts a batch once, whatever is read again, raced for or hinted wrongly; 4xx calls are apart", async () => {
  const made = await makeMonitored(deps, ctx);
  const calls = Array.from({ length: 40 }, (_, i) => callOf(made, digit(i), { status: i < 3 ? 500 : i < 5 ? 400 : 200, latencyUs: 1000 * (i + 1) }));
  await writeBatch(deps, calls);
  await Promise.all([consumeBatches(deps), consumeBatches(deps)]);
  await forgetHints(deps);
  await consumeBatches(deps);
  const arm = await armOf(made);
  expect(arm).toMatchObject({ requests: 38, errors: 3, labelled: 0 });
  expect(arm.latency).toEqual(LogHistogram.of(calls.flatMap((call) => ((call.status ?? 200) < 400 ? [(call.latencyUs ?? 0) / 1000] : []))).histogram.toJSON());
  const [profile] = await profilesOf(made);
  expect(profile).toMatchObject({ requests: 38, errors: 3, profiled: 35 });
  expect(profile?.counts).toMatchObject({ rejected: 2 });
  expect(await deps.db.windowProfileBatch.count({ where: { profileId: profile?.id ?? "" } })).toBe(1);
  expect(await deps.db.$queryRaw<{ n: number }[]>`SELECT count(*)::int AS n FROM prediction_outcome WHERE endpoint_id = ${made.endpointId}::uuid`).toEqual([{ n: 38 }]);
});

test("windows merged equal the profile of the raw rows, with late rows and batches in any order", async () => {
  const made = await makeMonitored(deps, ctx, { grainSeconds: 10 });
  const calls = digits.slice(0, 300).map((row, i) => callOf(made, row, { at: at(-60_000 + (i % 6) * 10_000 + i) }));
  const parts = [0, 1, 2].map((part) => calls.filter((_, i) => i % 3 === part));
  for (const part of [parts[2], parts[0], parts[1]]) {
    await writeBatch(deps, part ?? []);
    await consumeBatches(deps);
  }
  const profiles = await profilesOf(made);
  expect(profiles.length).toBeGreaterThan(5);
  const merged = profiles.map((row) => row as unknown as Profile).reduce(mergeProfiles);
  expect(merged.requests).toBe(300);
  const reference = await deps.db.reference.findFirstOrThrow({ where: { versionId: made.versionId } });
  const { features } = reference.spec as unknown as { features: { name: string; spec: FeatureSpec }[] };
  expect(features).toHaveLength(64);
  features.forEach(({ name, spec }, place) => {
    const { moments: rawMoments, ...raw } = countFeature(spec, digits.slice(0, 300).map((row) => row.pixels[place])) as { moments: { mean: number } };
    const { moments, ...counted } = merged.counts.features[name] as unknown as { moments: { mean: number } };
    expect(counted).toEqual(raw);
    expect(moments.mean).toBeCloseTo(rawMoments.mean, 9);
  });
});

test("pairs complete once, whichever leg comes first and however batches split them", async () => {
  const made = await makeMonitored(deps, ctx, { mirrorBp: 10_000 });
  const legs = Array.from({ length: 6 }, (_, i) => ({ id: newId(at(-20_000).getTime()), row: digit(i), agrees: i % 2 === 0 }));
  const main = (leg: (typeof legs)[number]) => callOf(made, leg.row, { at: at(-20_000), predictionId: leg.id });
  const shadow = (leg: (typeof legs)[number]) => ({ ...main(leg), arm: "shadow" as const, versionId: made.otherVersionId, ...digitsBodies(leg.row.pixels, leg.agrees ? leg.row.label : (leg.row.label + 1) % 10) });
  const [a, b, c, d, e, f] = legs;
  if (!a || !b || !c || !d || !e || !f) throw new Error("no legs");
  await writeBatch(deps, [main(a), shadow(a), main(b), shadow(c), main(d)]);
  await consumeBatches(deps);
  expect(await pairsOf(made)).toMatchObject({ pairs: 1, agreed: 1 });
  await writeBatch(deps, [shadow(b), main(c), main(e)]);
  await consumeBatches(deps);
  expect(await pairsOf(made)).toMatchObject({ pairs: 3, agreed: 2 });
  // Labels of predictions whose shadow answered, one whose shadow is still missing, and one that is to come.
  const result = await addLabels(ctx, { endpoint: made.endpoint, items: legs.map((leg) => ({ predictionId: predictionOf(leg.id), value: leg.row.label })) });
  expect(result.items.map((item) => item.status)).toEqual(["accepted", "accepted", "accepted", "accepted", "accepted", "pending"]);
  expect(await pairsOf(made)).toMatchObject({ labelledPairs: 3, lossDiffSum: 1, lossDiffSumSquares: 1, onlyStableRight: 1, onlyShadowRight: 0 });
  await writeBatch(deps, [shadow(d), shadow(e), main(f), shadow(f)]);
  await consumeBatches(deps);
  expect(await pairsOf(made)).toMatchObject({ pairs: 6, agreed: 3, labelledPairs: 6, lossDiffSum: 3, onlyStableRight: 3 });
  expect(await armOf(made)).toMatchObject({ labelled: 6, lossSum: 0 });
  expect(await armOf(made, "shadow")).toMatchObject({ labelled: 6, lossSum: 3 });
  // The truth was another one for the second pair: the shadow was right and stable wrong.
  await addLabels(ctx, { endpoint: made.endpoint, items: [{ predictionId: predictionOf(b.id), value: (b.row.label + 1) % 10 }] });
  expect(await pairsOf(made)).toMatchObject({ labelledPairs: 6, lossDiffSum: 1, lossDiffSumSquares: 3, onlyStableRight: 2, onlyShadowRight: 1 });
  expect(await armOf(made)).toMatchObject({ labelled: 6, lossSum: 1 });
  const [profile] = await profilesOf(made);
  expect(profile).toMatchObject({ labelled: 6, performance: { n: 6, correct: 5 } });
  expect(await deps.db.label.findMany({ where: { predictionId: b.id }, orderBy: { revision: "asc" }, select: { revision: true, state: true } })).toEqual([{ revision: 1, state: "joined" }, { revision: 2, state: "joined" }]);
});

test("distinct units are exposed once per route, in both arms", async () => {
  const made = await makeMonitored(deps, ctx, { candidateWeightBp: 5_000 });
  const calls = Array.from({ length: 20 }, (_, i) => callOf(made, digit(i), { unit: BigInt(i % 10), arm: i % 2 === 0 ? "stable" : "candidate", versionId: i % 2 === 0 ? made.versionId : made.otherVersionId }));
  await writeBatch(deps, calls.slice(0, 12));
  await writeBatch(deps, calls.slice(8).map((call) => ({ ...call, predictionId: newId(call.at.getTime()) })));
  await consumeBatches(deps);
  expect(await armOf(made)).toMatchObject({ units: 5, requests: 12 });
  expect(await armOf(made, "candidate")).toMatchObject({ units: 5, requests: 12 });
});

test("labels: by request id, ahead of the prediction, unknown, foreign, twice, and given up", async () => {
  const made = await makeMonitored(deps, ctx, { pin: false });
  const stranger = await testContext(deps);
  const theirs = await makeMonitored(deps, stranger, { pin: false });
  const [batch] = [await writeBatch(deps, [callOf(made, digit(0), { requestId: "r-1" }), callOf(made, digit(1), { requestId: "twice" }), callOf(made, digit(2), { requestId: "twice" })])];
  const foreign = await writeBatch(deps, [callOf(theirs, digit(0))]);
  await consumeBatches(deps);
  const young = newId(at(-60_000).getTime());
  const items = [
    { requestId: "r-1", value: String(digit(0).label) },
    { requestId: "twice", value: 1 },
    { predictionId: predictionOf(young), value: 3 },
    { predictionId: predictionOf(newId(at(-3_600_000).getTime())), value: 3 },
    { predictionId: predictionOf(foreign.predictionIds[0] ?? ""), value: 3 },
    { predictionId: "prd_nonsense", value: 3 },
    { requestId: "r-2", value: 4 },
  ];
  const first = await addLabels(ctx, { endpoint: made.endpoint, items });
  expect(first.items.map((item) => item.status)).toEqual(["accepted", "rejected", "pending", "rejected", "pending", "rejected", "pending"]);
  expect(first.items[1]?.reason).toContain("2 predictions");
  // Nothing of the other workspace moved, however long the label waits.
  expect(await deps.db.$queryRaw<{ n: number }[]>`SELECT count(label)::int AS n FROM prediction_outcome WHERE endpoint_id = ${theirs.endpointId}::uuid`).toEqual([{ n: 0 }]);
  expect(await armOf(made)).toMatchObject({ labelled: 1, lossSum: 0 });
  const again = await addLabels(ctx, { endpoint: made.endpoint, items: [{ predictionId: predictionOf(batch?.predictionIds[0] ?? ""), value: digit(0).label }] });
  expect(again.items[0]).toMatchObject({ status: "accepted", reason: "The prediction has this label already." });
  expect(await armOf(made)).toMatchObject({ labelled: 1 });
  await writeBatch(deps, [callOf(made, digit(3), { at: at(-60_000), predictionId: young }), callOf(made, digit(4), { requestId: "r-2" })]);
  await consumeBatches(deps);
  expect(await joinLabels(deps)).toEqual({ joined: 1, expired: 0 });
  expect(await armOf(made)).toMatchObject({ requests: 5, labelled: 3 });
  deps.clock.advance(11 * 60_000);
  expect(await joinLabels(deps)).toEqual({ joined: 0, expired: 1 });
  await expect(addLabels(ctx, { endpoint: theirs.endpoint, items: [{ predictionId: predictionOf(young), value: 1 }] })).rejects.toMatchObject({ kind: "not_found" });
});

test("a thousand rows of 64 features are consumed at once", async () => {
  const made = await makeMonitored(deps, ctx, { grainSeconds: 10 });
  await writeBatch(deps, Array.from({ length: 1000 }, (_, i) => callOf(made, digit(i), { at: at(-40_000 + (i % 2) * 10_000) })));
  expect(await consumeBatches(deps)).toMatchObject({ rows: 1000 });
  expect(await armOf(made)).toMatchObject({ requests: 1000 });
});
