import type { Page } from "playwright-core";

import { openDatabase } from "@/lib/platform/db";

import { openBrowser, openPerson, reacts } from "../e2e/support/browser";
import { signInByPage } from "../e2e/support/people";
import buildEverything from "../support/build-setup";
import { seedRuns } from "../support/seed-runs";
import { startSystem } from "../support/system";
import { percentile } from "./mlflow/target";

/* Measures the runs page over 100,000 runs in a real browser: until rows stand there and the page reacts, and until a changed filter shows its rows. */

const runs = 100_000;
const rounds = 15;
/** Never the same twice, so that no answer is one that the page remembers. */
const filtersOf = (round: number): string[] => [
  `metrics.m00 > 0.5${round}`, `params.p00 = 'v${round}'`, `metrics.m00 > 0.2${round} and params.p00 = 'v3'`, `metrics.m01 < 0.1${round} and params.p01 != 'v2'`, `params.p19 = 'rare-${500 + round}'`,
  `tags.t0 = 'label 1' and metrics.m02 > 0.9${round}`, `metrics.m03 > 0.7${round} or params.p02 in ('v1', 'v2')`, `status = 'FAILED' and metrics.m04 > 0.1${round}`, `run_name like 'seeded-${77 + round}%'`,
];

const print = (name: string, value: number): void => void process.stdout.write(`${JSON.stringify({ name, value: Math.round(value), unit: "ms" })}\n`);

/** Milliseconds from Enter until the table shows the rows of another filter. */
const changeFilter = async (page: Page, filter: string): Promise<number> => {
  const box = page.getByRole("combobox", { name: "Filter runs" });
  await page.evaluate(() => {
    const state = window as unknown as { shown: Promise<number> };
    const rowsNow = (): string => [...document.querySelectorAll("[data-row-link]")].map((row) => row.getAttribute("data-row-link")).join();
    const before = rowsNow();
    state.shown = new Promise((resolve) => {
      document.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        const startMs = performance.now();
        const look = (): void => {
          const table = document.querySelector("[role=region][aria-label^='Runs of']");
          const isThere = table !== null && table.getAttribute("aria-busy") === null && rowsNow() !== before;
          if (isThere) resolve(performance.now() - startMs);
          else requestAnimationFrame(look);
        };
        look();
      }, { once: true, capture: true });
    });
  });
  await box.evaluate((input: HTMLInputElement, text) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, filter);
  await box.press("Enter");
  return page.evaluate(() => (window as unknown as { shown: Promise<number> }).shown);
};

buildEverything();
const system = await startSystem();
const browser = await openBrowser();
try {
  const created = await system.call("POST", "/api/2.0/mlflow/experiments/create", { name: "many" });
  const { experiment_id: number } = (await created.json()) as { experiment_id: string };
  const db = openDatabase({ url: system.ownerUrl(), poolMax: 2, applicationName: "bench", statementTimeoutMs: 600_000 });
  const { id: workspaceId } = await db.workspace.findFirstOrThrow();
  process.stderr.write(`seeding ${runs} runs\n`);
  await seedRuns(db, { workspaceId, experiment: Number(number), runs });
  await db.$executeRawUnsafe("VACUUM ANALYZE");
  await db.$disconnect();

  const person = await openPerson(browser, "Admin");
  await signInByPage(person, system.url, system.admin.email, system.admin.password);
  const { page } = person;
  const opened: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await page.goto("about:blank");
    const startMs = performance.now();
    await page.goto(`${system.url}/w/default/experiments/${number}`, { waitUntil: "domcontentloaded" });
    await page.locator("[data-row-link]").first().waitFor();
    await reacts(page);
    opened.push(performance.now() - startMs);
  }
  print(`runs page over ${runs} runs, interactive, p95`, percentile(opened.slice(2), 0.95));

  const changed: number[] = [];
  for (let round = 0; round < 4; round += 1) for (const filter of filtersOf(round)) changed.push(await changeFilter(page, filter));
  const warm = changed.slice(filtersOf(0).length);
  print(`runs page over ${runs} runs, filter changed, p50`, percentile(warm, 0.5));
  print(`runs page over ${runs} runs, filter changed, p95`, percentile(warm, 0.95));
  if (person.faults.length > 0) throw new Error(person.faults.join("\n"));
} finally {
  await browser.close();
  await system.stop();
}
