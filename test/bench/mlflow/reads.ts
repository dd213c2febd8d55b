import { call, percentile, type Target } from "./target";

const rounds = 40;
const minWarmUps = 15;
const warmMs = 3_000;
const deepPage = 100;

type Page = { runs?: { info: { run_id: string } }[]; next_page_token?: string };

const timed = async (times: number, once: () => Promise<void>): Promise<{ p50Ms: number; p95Ms: number }> => {
  const warmUntilMs = performance.now() + warmMs;
  for (let warm = 0; warm < minWarmUps || performance.now() < warmUntilMs; warm += 1) await once();
  const durations: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const startedMs = performance.now();
    await once();
    durations.push(performance.now() - startedMs);
  }
  return { p50Ms: percentile(durations, 0.5), p95Ms: percentile(durations, 0.95) };
};

const search = (target: Target, experimentId: string, extra: Record<string, unknown>): Promise<Page> =>
  call<Page>(target, "POST", "runs/search", { experiment_ids: [experimentId], max_results: 100, ...extra });

const byMetric = { filter: "metrics.m00 > 0.2 AND params.p00 = 'v3'", order_by: ["metrics.m01 DESC"] };

export type Search = { first: number; deep: number; deepP50: number; firstP50: number; defaultPage: number; selective: number };

/** Filter on a metric and a param, ordered by another metric, 100 runs a page: page 1 and page 100 of a broader one; milliseconds at p95 unless named otherwise. */
export const measureSearch = async (target: Target, experimentId: string, times = rounds): Promise<Search> => {
  const first = await timed(times, async () => expectRuns(target, await search(target, experimentId, byMetric), 100));
  // Page 100 needs 10,000 matches: the filter keeps half of the runs.
  const broad = { filter: "metrics.m00 > 0.4 AND params.p00 != 'v3'", order_by: ["metrics.m01 DESC"] };
  const broadFirst = await timed(times, async () => expectRuns(target, await search(target, experimentId, broad), 100));
  let token = "";
  for (let page = 1; page < deepPage; page += 1) token = (await search(target, experimentId, { ...broad, ...(token === "" ? {} : { page_token: token }) })).next_page_token ?? "";
  if (token === "") throw new Error(`${target.name} has no page ${deepPage}`);
  const deep = await timed(times, async () => expectRuns(target, await search(target, experimentId, { ...broad, page_token: token }), 100));
  const defaultPage = await timed(Math.ceil(times / 2), async () => expectRuns(target, await call<Page>(target, "POST", "runs/search", { experiment_ids: [experimentId] }), 1_000));
  const selective = await timed(times, async () => expectRuns(target, await search(target, experimentId, { filter: "params.p19 = 'rare-500'", order_by: ["metrics.m01 DESC"] }), 17));
  return { first: first.p95Ms, firstP50: broadFirst.p50Ms, deep: deep.p95Ms, deepP50: deep.p50Ms, defaultPage: defaultPage.p95Ms, selective: selective.p95Ms };
};

const expectRuns = (target: Target, page: Page, count: number): void => {
  if (page.runs?.length !== count) throw new Error(`${target.name} found ${page.runs?.length ?? 0} runs instead of ${count}`);
};

/** All pages of a history of `points`, 25,000 a page; milliseconds at p50. */
export const measureHistory = async (target: Target, runId: string, points: number): Promise<number> => {
  const { p50Ms } = await timed(7, async () => {
    let count = 0;
    for (let token: string | undefined = ""; token !== undefined; ) {
      const page: { metrics?: unknown[]; next_page_token?: string } = await call(target, "GET", `metrics/get-history?run_id=${runId}&metric_key=long&max_results=25000${token === "" ? "" : `&page_token=${encodeURIComponent(token)}`}`);
      count += page.metrics?.length ?? 0;
      token = page.next_page_token === "" ? undefined : page.next_page_token;
    }
    if (count !== points) throw new Error(`${target.name} gave ${count} of ${points} points`);
  });
  return p50Ms;
};

/** Registered models by three tags; milliseconds at p95. */
export const measureModels = async (target: Target): Promise<number> => {
  const filter = encodeURIComponent("tags.team = 'team0' AND tags.tier = 'tier0' AND tags.region = 'region0' AND tags.`mlflow.prompt.is_prompt` != 'true'");
  const once = async (): Promise<void> => {
    const page = await call<{ registered_models?: unknown[] }>(target, "GET", `registered-models/search?max_results=100&filter=${filter}`);
    if (page.registered_models?.length !== 50) throw new Error(`${target.name} found ${page.registered_models?.length ?? 0} models instead of 50`);
  };
  return (await timed(100, once)).p95Ms;
};
