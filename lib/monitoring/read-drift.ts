import { AppError } from "@/lib/core/errors";
import { formatId, parseId } from "@/lib/core/ids";
import { authorize } from "@/lib/identity/server";
import { type Context, transact } from "@/lib/platform/context";
import { versionNumbers } from "@/lib/serving/server";
import { comparedCounts, type FeatureCounts, wilsonInterval } from "@/lib/stats";

import { binTexts } from "./bin-words";
import { testFeatures } from "./judge";
import { mergeProfiles, type Profile, quantileOf } from "./profiles";
import { type RangeQuery, rangeView, readMarkers, readWatched, toPoints } from "./read";
import { ruleOf } from "./rules";
import type { DriftView, FeatureView, PerformanceView, ResultStatus } from "./schema";
import * as store from "./store";
import { readReferences } from "./store-counts";
import { detailsOf } from "./watch";

/** Windows that a heat map shows at most: the newest of the range. */
const maxWindows = 120;

/** Effect over limit of every feature in every judged window of a range; features sorted by how far they are from the reference. */
export const getDrift = (ctx: Context, name: string, query: RangeQuery): Promise<DriftView> => {
  authorize(ctx, "monitor:read");
  return transact(ctx.deps, async (tx, now) => {
    const { endpoint, head, monitors, range } = await readWatched(tx, ctx, now, name, query);
    const monitor = monitors.find((candidate) => candidate.kind === "drift" && candidate.isEnabled) ?? monitors.find((candidate) => candidate.kind === "drift") ?? null;
    const results = monitor ? (await store.listResultsBetween(tx, parseId("monitor", monitor.id), range.from, range.to, 5_000)).slice(-maxWindows) : [];
    const numbers = await versionNumbers(tx, ctx.workspace.id, results.map((row) => row.versionId));
    const columns = results.map((row) => new Map(detailsOf(row).features.map((feature) => [feature.name, feature.ratio])));
    const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
    const features = names.map((feature) => {
      const cells = columns.map((column) => column.get(feature) ?? null);
      const known = cells.filter((cell): cell is number => cell !== null);
      return { name: feature, latest: known.at(-1) ?? null, worst: known.length > 0 ? Math.max(...known) : null, cells };
    });
    return {
      ...rangeView(range, now),
      endpoint: head,
      monitor,
      windows: results.map((row) => ({ start: row.windowStart.toISOString(), end: row.windowEnd.toISOString(), status: row.status as ResultStatus, rows: row.rows, version: row.versionId ? (numbers.get(row.versionId) ?? null) : null, reason: row.reason })),
      features: features.sort((a, b) => (b.latest ?? -1) - (a.latest ?? -1) || (b.worst ?? -1) - (a.worst ?? -1)),
      markers: await readMarkers(tx, ctx, endpoint.id, range),
    };
  });
};

const portion = (count: number, rows: number): number => (rows === 0 ? 0 : count / rows);

const besideOf = (reference: FeatureCounts, current: FeatureCounts): FeatureView["beside"] => {
  const pair = (label: string, of: (counts: FeatureCounts) => number) => ({ label, reference: portion(of(reference), reference.rows), current: portion(of(current), current.rows) });
  const missing = pair("null", (counts) => counts.nullCount + counts.nanCount);
  if (current.kind === "categorical") return [missing, pair("new", (counts) => (counts.kind === "categorical" ? counts.unseen : 0)), pair("type", (counts) => counts.mismatchCount)];
  return [missing, pair("below", (counts) => (counts.kind === "numeric" ? counts.belowRangeCount : 0)), pair("above", (counts) => (counts.kind === "numeric" ? counts.aboveRangeCount : 0)), pair("type", (counts) => counts.mismatchCount)];
};

const verdictOf = (isOver: boolean | null): "over" | "within" | "none" => (isOver === null ? "none" : isOver ? "over" : "within");
const plain = (value: number): string => String(Number(value.toPrecision(3)));

/** One feature in one window against the reference, on the same bins, with every test that was made. */
export const getFeature = (ctx: Context, name: string, feature: string, query: RangeQuery & { window?: string | undefined }): Promise<FeatureView> => {
  authorize(ctx, "monitor:read");
  return transact(ctx.deps, async (tx, now) => {
    const { endpoint, head, monitors } = await readWatched(tx, ctx, now, name, { environment: query.environment });
    const found = monitors.find((candidate) => candidate.kind === "drift" && candidate.isEnabled) ?? monitors.find((candidate) => candidate.kind === "drift");
    if (!found) throw new AppError("not_found", "monitor.not_found", "The endpoint has no drift monitor yet; add one to see its features by window.");
    const monitorId = parseId("monitor", found.id);
    const [evaluated] = await store.listEvaluatedResults(tx, monitorId, query.window ? new Date(query.window) : now, 1);
    if (!evaluated) throw new AppError("not_found", "monitoring.no_window", "No window of this monitor has been judged yet.");
    const rows = await store.readStableProfiles(tx, endpoint.id, evaluated.windowStart, evaluated.windowEnd, { features: true });
    const own = rows.filter((row) => row.versionId === evaluated.versionId);
    const profile = own.reduce<Profile | null>((sum, row) => (sum ? mergeProfiles(sum, row) : row), null);
    const reference = profile?.referenceId ? (await readReferences(tx, [profile.referenceId])).get(profile.referenceId) : undefined;
    const pinned = reference?.spec.features.find((candidate) => candidate.name === feature);
    const before = reference?.counts.features[feature];
    const current = profile?.counts.features[feature];
    if (!reference || !pinned || !before || !current) throw new AppError("not_found", "monitoring.no_feature", `The window has no profile of a feature "${feature.slice(0, 100)}".`);
    const rule = ruleOf({ kind: found.kind, params: found.params });
    const limits = rule.kind === "drift" ? rule.params : { measure: "psi" as const, limit: 0.2, alpha: 0.001 };
    const test = detailsOf(evaluated).features.find((candidate) => candidate.name === feature) ?? testFeatures([{ name: feature, reference: comparedCounts(before), current: comparedCounts(current), shift: null }], limits)[0];
    const [was, is] = [comparedCounts(before), comparedCounts(current)];
    const [wasN, isN] = [was, is].map((counts) => counts.reduce((sum, count) => sum + count, 0));
    const numbers = await versionNumbers(tx, ctx.workspace.id, [evaluated.versionId]);
    const effectOver = test?.ratio === null || test?.ratio === undefined ? null : test.ratio >= 1;
    const n = test?.n ?? isN ?? 0;
    return {
      endpoint: head,
      feature,
      kind: pinned.spec.kind,
      window: { start: evaluated.windowStart.toISOString(), end: evaluated.windowEnd.toISOString() },
      version: evaluated.versionId ? (numbers.get(evaluated.versionId) ?? null) : null,
      reference: { id: formatId("reference", reference.id), rows: reference.rows },
      bins: binTexts(pinned.spec).map(({ label }, index) => ({ label, reference: portion(was[index] ?? 0, wasN ?? 0), current: portion(is[index] ?? 0, isN ?? 0) })),
      beside: besideOf(before, current),
      n: { reference: wasN ?? 0, current: isN ?? 0 },
      means: { reference: before.kind === "numeric" && before.moments.n > 0 ? before.moments.mean : null, current: current.kind === "numeric" && current.moments.n > 0 ? current.moments.mean : null, shift: test?.shift ?? null },
      tests: [
        { name: "PSI, add-half", value: test?.psi ?? null, limit: limits.measure === "psi" ? plain(limits.limit) : "shown only", verdict: limits.measure === "psi" ? verdictOf(effectOver) : "none", n, note: "Population stability index on the reference's bins" },
        { name: "Jensen–Shannon distance", value: test?.js ?? null, limit: limits.measure === "js_distance" ? plain(limits.limit) : "shown only", verdict: limits.measure === "js_distance" ? verdictOf(effectOver) : "none", n, note: "Base 2, from 0 to 1" },
        { name: "Homogeneity chi-square, adjusted p", value: test?.p ?? null, limit: `below ${plain(limits.alpha)}`, verdict: verdictOf(test?.p === null || test?.p === undefined ? null : test.p < limits.alpha), n, note: "Benjamini and Hochberg over the features of the window" },
        { name: "Verdict", value: test?.ratio ?? null, limit: "effect ≥ its limit and p below alpha", verdict: verdictOf(test ? test.isOver : null), n, note: "Effect in units of its limit" },
      ],
    };
  });
};

/** Accuracy by window with intervals, how many predictions have labels and how late, and the confusion of the range. */
export const getPerformance = (ctx: Context, name: string, query: RangeQuery): Promise<PerformanceView> => {
  authorize(ctx, "monitor:read");
  return transact(ctx.deps, async (tx, now) => {
    const { endpoint, head, monitors, range } = await readWatched(tx, ctx, now, name, query);
    const rows = await store.readStableProfiles(tx, endpoint.id, range.from, range.to, { features: false });
    const numbers = await versionNumbers(tx, ctx.workspace.id, [...new Set(rows.map((row) => row.versionId))]);
    const all = rows.reduce<Profile | null>((sum, row) => (sum ? mergeProfiles(sum, row) : row), null);
    const performance = all?.performance ?? { n: 0, correct: 0, confusion: {}, delay: {} };
    const interval = wilsonInterval(performance.correct, performance.n, 0.95);
    const classes = [...new Set([...Object.keys(performance.confusion), ...Object.values(performance.confusion).flatMap((row) => Object.keys(row))])].sort((a, b) => a.localeCompare(b, "en", { numeric: true })).slice(0, 50);
    const answered = (all?.requests ?? 0) - (all?.errors ?? 0);
    return {
      ...rangeView(range, now),
      endpoint: head,
      monitor: monitors.find((candidate) => candidate.kind === "performance") ?? null,
      points: toPoints(rows, range, numbers),
      markers: await readMarkers(tx, ctx, endpoint.id, range),
      coverage: { predictions: answered, labelled: performance.n, share: answered > 0 ? performance.n / answered : null, delayP50Ms: quantileOf(performance.delay, 0.5), delayP90Ms: quantileOf(performance.delay, 0.9) },
      accuracy: interval.status === "ok" ? { value: performance.correct / performance.n, lower: interval.lower, upper: interval.upper, n: performance.n } : null,
      confusion: {
        classes,
        rows: classes.map((label) => {
          const row = performance.confusion[label] ?? {};
          return { label, counts: classes.map((predicted) => row[predicted] ?? 0), total: Object.values(row).reduce((sum, count) => sum + count, 0) };
        }),
      },
    };
  });
};
