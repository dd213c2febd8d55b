import type { Locator, Page } from "playwright-core";

import type { Person } from "../support/browser";
import { sees } from "../support/look";
import { openEndpoint } from "./serve";

export type Step = { kind: "Shadow"; share: number; needed: number } | { kind: "Canary"; share: number; needed: number };

/** The plan of `npm run demo`: steps of 6 s, margins as wide as a small stream can prove. */
export const shadow: Step = { kind: "Shadow", share: 100, needed: 200 };
export const canarySteps: readonly Step[] = [{ kind: "Canary", share: 25, needed: 100 }, { kind: "Canary", share: 50, needed: 150 }];
const guardrails = { "Error rate may grow by": "6", "p95 latency may grow by": "250", "Loss by labels may grow by": "8" };

const fillStep = async (step: Locator, { kind, share, needed }: Step): Promise<void> => {
  await step.getByLabel(kind === "Shadow" ? "Mirror, %" : "Weight, %").fill(String(share));
  await step.getByLabel(kind === "Shadow" ? "Pairs" : "Requests each").fill(String(needed));
  await step.getByLabel("Bake, s").fill("6");
  await step.getByLabel("Deadline, s").fill(kind === "Shadow" ? "60" : "90");
};

const fillPlan = async (dialog: Locator, steps: readonly Step[]): Promise<void> => {
  const remove = dialog.getByRole("button", { name: "Remove Step 1" });
  while ((await remove.count()) > 0) await remove.click();
  for (const step of steps) {
    await dialog.getByRole("button", { name: `${step.kind} step` }).click();
    await fillStep(dialog.getByRole("group", { name: new RegExp(`^Step ${steps.indexOf(step) + 1}: ${step.kind}`) }), step);
  }
  for (const [title, margin] of Object.entries(guardrails)) await dialog.getByRole("textbox", { name: new RegExp(`^${title}`) }).fill(margin);
  await dialog.getByLabel("Watch after promotion, seconds").fill("5");
  await dialog.getByLabel("Keep the former version warm, seconds").fill("3600");
};

/** Starts a release from the endpoint's page and arrives at the rollout's page. */
export const startRelease = async (person: Person, { endpoint, version, steps }: { endpoint: string; version: number; steps: readonly Step[] }): Promise<void> => {
  const { page } = person;
  await openEndpoint(person, endpoint);
  await page.getByRole("button", { name: "Release a version…" }).click();
  const dialog = page.getByRole("dialog", { name: `Release a version to ${endpoint}` });
  await sees(dialog.getByRole("button", { name: /^Release v\d+$/ }));
  await dialog.getByLabel("Version", { exact: true }).selectOption(String(version));
  await dialog.getByRole("radio", { name: steps.length > 0 ? /^Canary/ : /^All at once/ }).check();
  if (steps.length > 0) await fillPlan(dialog, steps);
  await dialog.getByRole("button", { name: `Release v${version}` }).click();
  await page.waitForURL(/\/rollouts\/rol_/);
};

/** The step of the ramp that stands at `word` ("now", "done", "failed"). */
export const rampStep = (page: Page, label: string, word: string): Locator =>
  page.getByRole("region", { name: "Steps" }).getByRole("listitem").filter({ hasText: new RegExp(`${label}.*, ${word}`) });

export const verdict = (page: Page, word: string): Locator => page.getByRole("region", { name: "Guardrails" }).getByRole("row").filter({ hasText: word });

/** Waits on the rollout's page, which refreshes by itself, until the ramp stands where it should. */
export const watchRamp = ({ page }: Person, label: string, word: "now" | "done" | "failed", timeoutMs = 120_000): Promise<void> => sees(rampStep(page, label, word), timeoutMs);

export const watchStatus = ({ page }: Person, word: string, timeoutMs = 150_000): Promise<void> => sees(page.getByRole("heading", { level: 1 }).getByText(word, { exact: true }), timeoutMs);
