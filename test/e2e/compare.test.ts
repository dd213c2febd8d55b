import { readFileSync } from "node:fs";

import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";

import { startSystem, type System } from "@/test/support/system";

import { openStory } from "./support/acts";
import { addressHolds, openBrowser, openPerson, type Person, picture, reload, visit } from "./support/browser";
import { heading, openTab, sees, seesNoMore } from "./support/look";
import { signInByPage } from "./support/people";
import { logRuns, type LoggedRuns } from "./support/runs";

let system: System;
let browser: Browser;
let logged: LoggedRuns;
let person: Person;
const people: Person[] = [];

const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

const logImage = async (runId: string, step: number): Promise<void> => {
  const path = `${logged.experiment}/${runId}/artifacts/images/val#samples+step+${step}+timestamp+1700000000000+g0a1b2c3.png`;
  const response = await fetch(`${system.url}/api/2.0/mlflow-artifacts/artifacts/${path.split("/").map(encodeURIComponent).join("/")}`, { method: "PUT", headers: { authorization: `Bearer ${system.admin.token}` }, body: pixel });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
};

beforeAll(async () => {
  system = await startSystem();
  browser = await openBrowser();
  logged = await logRuns(system);
  for (const { id } of logged.runs) for (const step of [0, 10]) await logImage(id, step);
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

describe("comparing runs", () => {
  const { act } = openStory(() => people, () => system.output());
  const table = (): Locator => person.page.getByRole("region", { name: "Compared runs" });
  const rowOf = (name: string): Locator => table().getByRole("row").filter({ has: person.page.getByRole("checkbox", { name: `Compare ${name}` }) });
  const colorOf = (name: string): Promise<string | null> => rowOf(name).locator("th svg path").first().getAttribute("stroke");
  const waitForParam = (key: string, isThere: boolean): Promise<unknown> => person.page.waitForURL((url) => url.searchParams.has(key) === isThere);

  act("five runs stand beside each other, and the page says who leads", async () => {
    person = await openPerson(browser, "Administrator");
    people.push(person);
    await signInByPage(person, system.url, system.admin.email, system.admin.password);
    await visit(person.page, `${system.url}/w/default/experiments/${logged.experiment}/compare?runs=${logged.runs.map(({ id }) => id).join(",")}`);
    await sees(heading(person.page, `${logged.name} 5 of 9 runs`));
    await sees(person.page.getByText("leads: val_auc +0.012 over the baseline"));
    await sees(rowOf("calm-heron-12").getByText("baseline"));
    await sees(rowOf("brisk-otter-41").getByText("+0.012"));
    await sees(person.page.getByRole("button", { name: "Register brisk-otter-41" }));
    await picture(person.page, "compare");
  });

  act("another run becomes the baseline", async () => {
    await rowOf("quiet-lynx-39").hover();
    await rowOf("quiet-lynx-39").getByRole("button", { name: "Make quiet-lynx-39 the baseline" }).click();
    await sees(rowOf("quiet-lynx-39").getByText("baseline"));
    await sees(rowOf("calm-heron-12").getByText("−0.006"));
    await addressHolds(person.page, "base", logged.runs[2]?.id ?? "");
  });

  act("a run leaves and the others keep their colours; another takes its place", async () => {
    const before = await colorOf("brisk-otter-41");
    await rowOf("plain-tern-33").getByRole("checkbox").click();
    await sees(heading(person.page, `${logged.name} 4 of 9 runs`));
    expect(await colorOf("brisk-otter-41")).toBe(before);
    await rowOf("sweep").getByRole("checkbox").click();
    await sees(heading(person.page, `${logged.name} 5 of 9 runs`));
    expect(await colorOf("brisk-otter-41")).toBe(before);
  });

  act("a brush by keyboard leaves out what lies below it", async () => {
    const bound = person.page.getByRole("slider", { name: "val_auc, lower bound" });
    await bound.focus();
    for (let press = 0; press < 3; press += 1) await person.page.keyboard.press("PageUp");
    await waitForParam("brush", true);
    await seesNoMore(rowOf("plain-tern-33"));
    await reload(person.page);
    await sees(person.page.getByRole("button", { name: "Clear brush", exact: true }));
    await picture(person.page, "compare-brush");
    await person.page.getByRole("button", { name: "Clear brush", exact: true }).click();
    await waitForParam("brush", false);
    await sees(rowOf("plain-tern-33"));
  });

  act("two columns stand against each other", async () => {
    await person.page.getByRole("button", { name: "Scatter" }).click();
    const chart = person.page.getByRole("application", { name: /val_auc against/ });
    await chart.focus();
    await person.page.keyboard.press("ArrowRight");
    await sees(person.page.getByRole("status").filter({ hasText: "val_auc" }));
    await person.page.keyboard.press("Escape");
    await addressHolds(person.page, "plot", "scatter");
  });

  act("the filter and the state reach the other runs", async () => {
    await person.page.getByRole("combobox", { name: "Filter runs" }).fill("metrics.val_auc > 0.81");
    await seesNoMore(rowOf("plain-tern-33"));
    await sees(rowOf("live-swan-28"));
    await person.page.getByRole("button", { name: "Clear the filter" }).click();
    await sees(rowOf("plain-tern-33"));
  });

  act("a metric is enlarged, smoothed, zoomed and saved", async () => {
    await openTab(person.page, "Comparison", "Metrics");
    await person.page.getByRole("button", { name: "Enlarge val_auc" }).click();
    const chart = person.page.getByRole("application", { name: /^val_auc of 5 runs/ }).first();
    await sees(chart);
    await person.page.getByRole("slider", { name: "Smoothing" }).fill("0.8");
    await sees(person.page.getByText(/moving average with weight 0.80/));
    await chart.focus();
    await person.page.keyboard.press("End");
    await sees(person.page.getByRole("status").filter({ hasText: "step 39" }));
    await person.page.keyboard.press("+");
    await waitForParam("from", true);
    const [download] = await Promise.all([person.page.waitForEvent("download"), person.page.getByRole("button", { name: "Download val_auc as CSV" }).click()]);
    expect(readFileSync(await download.path(), "utf8")).toMatch(/^run,run_id,step,points,mean,min,max\n/);
    await picture(person.page, "compare-metrics");
    await person.page.getByRole("button", { name: "Show all" }).click();
    await waitForParam("from", false);
  });

  act("parameters and images stand side by side", async () => {
    await openTab(person.page, "Comparison", "Differences");
    await sees(person.page.getByRole("region", { name: "Parameters" }).getByRole("rowheader", { name: "depth" }));
    await openTab(person.page, "Comparison", "Images");
    await sees(person.page.getByRole("img", { name: "val/samples of brisk-otter-41 at step 10" }));
    await person.page.getByRole("slider", { name: "Step" }).press("Home");
    await sees(person.page.getByRole("img", { name: "val/samples of brisk-otter-41 at step 0" }));
    const width = await person.page.getByRole("img", { name: /brisk-otter-41/ }).evaluate((image) => (image as HTMLImageElement).decode().then(() => (image as HTMLImageElement).naturalWidth));
    expect(width).toBe(1);
  });

  act("the view is kept under a name and comes back", async () => {
    const address = person.page.url();
    await person.page.getByRole("button", { name: "Save view" }).click();
    const dialog = person.page.getByRole("dialog", { name: "Save view" });
    await dialog.getByLabel("Name").fill("Samples at the start");
    await dialog.getByRole("button", { name: "Save view" }).click();
    await dialog.waitFor({ state: "hidden" });
    await visit(person.page, `${system.url}/w/default/experiments/${logged.experiment}/compare`);
    await sees(person.page.getByText("No run is chosen to compare"));
    await visit(person.page, `${system.url}/w/default/experiments/${logged.experiment}/compare?runs=${logged.runs[0]?.id ?? ""}`);
    await person.page.getByRole("button", { name: "Views" }).click();
    await person.page.getByRole("menuitem", { name: "Samples at the start", exact: true }).click();
    await person.page.waitForURL(address);
  });

  act("no page raised an error", () => {
    expect(person.faults).toEqual([]);
  });
});
