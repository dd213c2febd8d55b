import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startSystem, type System } from "@/test/support/system";

import { openBrowser, openPerson, type Person, picture, visit } from "./support/browser";
import { sees } from "./support/look";
import { signInByPage } from "./support/people";
import { logRuns } from "./support/runs";
import { seed, type Seeded } from "./support/seed";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

/** Screens by name, each with its address below /w/default; `{…}` is filled from what was seeded. */
const screens: Record<string, string> = {
  experiments: "/experiments",
  runs: "/experiments/{experiment}",
  "runs, wrong filter": "/experiments/{experiment}?q=planets.mars%20%3D%201",
  run: "/experiments/{experiment}/runs/{run}",
  "run, metrics": "/experiments/{experiment}/runs/{run}?tab=metrics",
  "run, artifacts": "/experiments/{experiment}/runs/{run}?tab=artifacts&file=eval%2Fconfusion%20table.csv",
  "run, logged models": "/experiments/{experiment}/runs/{run}?tab=models",
  "compare runs": "/experiments/{experiment}/compare?runs={runs}",
  "compare runs, brushed": "/experiments/{experiment}/compare?runs={runs}&brush=metrics.val_auc:0.79:0.8",
  "compare runs, scatter": "/experiments/{experiment}/compare?runs={runs}&plot=scatter&color=params.depth",
  "compare runs, metrics": "/experiments/{experiment}/compare?runs={runs}&tab=metrics&metric=val_auc&smooth=0.6",
  "compare runs, differences": "/experiments/{experiment}/compare?runs={runs}&tab=differences",
  "compare runs, images": "/experiments/{experiment}/compare?runs={runs}&tab=images",
  models: "/models",
  "all versions": "/models?view=versions",
  model: "/models/digits",
  prompts: "/models?view=prompts",
  version: "/models/digits/2",
  "version, signature": "/models/digits/2?tab=signature",
  "version, inspection": "/models/digits/2?tab=inspection",
  "version, model card": "/models/digits/2?tab=card",
  "compared versions": "/models/digits/compare?a=1&b=2",
  "refused version": "/models/digits-impostor/1",
  endpoints: "/endpoints",
  endpoint: "/endpoints/digits",
  "endpoint, calls": "/endpoints/digits?tab=calls",
  "endpoint, use it": "/endpoints/digits?tab=use",
  "endpoint, settings": "/endpoints/digits?tab=settings",
  rollouts: "/rollouts",
  rollout: "/rollouts/{rollout}",
  approvals: "/approvals?tab=all",
  "open dossier": "/approvals/{openRequest}",
  "decided dossier": "/approvals/{decidedRequest}",
  monitoring: "/monitoring",
  health: "/monitoring/digits?env=production",
  drift: "/monitoring/digits?env=production&tab=drift",
  performance: "/monitoring/digits?env=production&tab=performance",
  monitors: "/monitoring/digits?env=production&tab=monitors",
  incidents: "/incidents",
  incident: "/incidents/{incident}",
  audit: "/audit",
  "audit with a peek": "/audit?peek={event}",
  members: "/settings/members",
  tokens: "/settings/tokens",
  account: "/settings/account",
  policies: "/settings/policies",
  runtimes: "/settings/runtimes",
  webhooks: "/settings/webhooks",
  storage: "/settings/storage",
};

let system: System;
let browser: Browser;
let seeded: Seeded;
let engineer: Person;
let filled: Record<string, string>;

beforeAll(async () => {
  system = await startSystem();
  browser = await openBrowser();
  seeded = await seed(system);
  engineer = await openPerson(browser, "Mara");
  await signInByPage(engineer, system.url, seeded.engineer.email, seeded.engineer.password);
  const { items } = (await (await system.call("GET", "/api/slipway/v1/w/default/audit/events?limit=1")).json()) as { items: { id: string }[] };
  const { experiment, runs } = await logRuns(system);
  filled = { experiment, runs: runs.map(({ id }) => id).join(","), run: runs[4]?.id ?? "", rollout: seeded.rollout, openRequest: seeded.openRequest, decidedRequest: seeded.decidedRequest, incident: seeded.incident, event: items[0]?.id ?? "" };
}, 420_000);

afterAll(async () => {
  await seeded?.stop();
  await browser?.close();
  await system?.stop();
});

const addressOf = (screen: string): string => `${system.url}/w/default${(screens[screen] ?? "").replace(/\{(\w+)\}/g, (_, key: string) => filled[key] ?? "")}`;

/** Opens a screen and waits until what it fetches by itself is there. */
const open = async (screen: string): Promise<void> => {
  await visit(engineer.page, addressOf(screen));
  await sees(engineer.page.getByRole("navigation", { name: "Breadcrumb" })); // pages that say "not found" have none
  await sees(engineer.page.getByRole("heading", { level: 1 }));
  await engineer.page.waitForFunction(() => document.querySelector("main [aria-busy=true], main .live-pulse.bg-surface-3[aria-hidden]") === null);
};

const violationsOf = async ({ page }: Person) =>
  (await new AxeBuilder({ page }).withTags(tags).analyze()).violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 4).map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary ?? ""}`) }));

describe("axe finds nothing, in light and dark", () => {
  test("sign-in", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const visitor = await openPerson(browser, "Visitor", { colorScheme });
      await visit(visitor.page, `${system.url}/sign-in`);
      await picture(visitor.page, `sign-in-${colorScheme}`);
      expect(await violationsOf(visitor)).toEqual([]);
      await visitor.context.close();
    }
  });

  test.each(Object.keys(screens))("%s", async (screen) => {
    await open(screen);
    for (const colorScheme of ["light", "dark"] as const) {
      await engineer.page.emulateMedia({ colorScheme });
      await picture(engineer.page, `${screen.replaceAll(/\W+/g, "-")}-${colorScheme}`);
      expect.soft(await violationsOf(engineer), colorScheme).toEqual([]);
    }
    await engineer.page.emulateMedia({ colorScheme: "light" });
  });
});

describe("at 390 px no screen scrolls sideways", () => {
  beforeAll(() => engineer.page.setViewportSize({ width: 390, height: 844 }));
  afterAll(() => engineer.page.setViewportSize({ width: 1440, height: 900 }));

  test.each(Object.keys(screens))("%s", async (screen) => {
    await open(screen);
    await picture(engineer.page, `${screen.replaceAll(/\W+/g, "-")}-390`);
    const over = await engineer.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(over).toBeLessThanOrEqual(0);
  });
});

describe("the main action is reached by keyboard alone", () => {
  /** Presses Tab until `name` holds the focus, then Enter. */
  const press = async (name: RegExp): Promise<void> => {
    const { page } = engineer;
    await page.locator("body").press("Tab");
    for (let presses = 0; presses < 80; presses += 1) {
      const focused = await page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
      if (name.test(focused)) return page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
    }
    throw new Error(`80 times Tab did not reach ${String(name)} on ${page.url()}`);
  };

  test.each([
    ["experiments", /^Create experiment/, "Create an experiment"],
    ["run", /^Register model/, /^Register a model from/],
    ["models", /^Register model/, "Register a model"],
    ["endpoints", /^Create endpoint/, "Create an endpoint"],
    ["version", /^Request promotion/, "Request the promotion of digits v2"],
    ["tokens", /^Create a token/, "Create a token"],
    ["rollout", /^Roll back/, "Roll back digits to v1?"],
  ])("%s", async (screen, action, dialog) => {
    await open(screen);
    await press(action);
    const opened = engineer.page.getByRole("dialog", { name: dialog });
    await sees(opened);
    expect(await opened.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await engineer.page.keyboard.press("Escape");
    await opened.waitFor({ state: "hidden" });
  });
});

describe("a form that can't be sent says why under each field, and takes the reader to the first", () => {
  test.each([
    ["experiments", "Create experiment", "Create an experiment", "Create experiment", "Name", ["Give it a name."]],
    ["models", "Register model", "Register a model", "Register", "Name", [/^This name can't be used/, "Choose the model's files first."]],
    ["endpoints", "Create endpoint", "Create an endpoint", "Create endpoint", "Name", [/^1 to 63 of/]],
    ["tokens", "Create a token", "Create a token", "Create token", "Name", ["Give it a name.", "Choose at least one scope."]],
    ["webhooks", "New webhook", "New webhook", "Create webhook", "Name", ["Give it a name.", "Give the address that receives the events."]],
    ["rollout", "Roll back", "Roll back digits to v1?", "Roll back to v1", "Reason, kept in the audit log", ["Say why; the reason is kept in the audit log."]],
  ] as const)("%s", async (screen, action, title, submit, first, lines) => {
    await open(screen);
    await engineer.page.getByRole("button", { name: new RegExp(`^${action}`) }).first().click();
    const dialog = engineer.page.getByRole("dialog", { name: title });
    await dialog.getByRole("button", { name: submit, exact: true }).click();
    for (const line of lines) await sees(dialog.getByRole("alert").filter({ hasText: line }));
    expect(await dialog.getByRole("alert").count()).toBe(lines.length);
    expect(await dialog.getByLabel(first, { exact: true }).evaluate((element) => element === document.activeElement)).toBe(true);
    await engineer.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });

  test("what the server says of a field stands under it, and what it says of the whole below", async () => {
    await open("experiments");
    await engineer.page.getByRole("button", { name: /^Create experiment/ }).first().click();
    const dialog = engineer.page.getByRole("dialog", { name: "Create an experiment" });
    await dialog.getByLabel("Name").fill("Default");
    await dialog.getByRole("button", { name: "Create experiment" }).click();
    await sees(dialog.getByRole("alert").filter({ hasText: "An experiment of this name exists" }));
    expect(await dialog.getByRole("alert").count()).toBe(1);
    await engineer.context.setOffline(true);
    await dialog.getByLabel("Name").fill("another");
    await dialog.getByRole("button", { name: "Create experiment" }).click();
    await sees(dialog.getByRole("alert").filter({ hasText: "Not created." }));
    await engineer.context.setOffline(false);
    await engineer.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });
});

test("no page raised an error", () => {
  expect(engineer.faults).toEqual([]);
});
