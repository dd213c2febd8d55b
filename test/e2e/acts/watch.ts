import type { Page } from "playwright-core";

import type { Person } from "../support/browser";
import { type DroppedFile, dropFile } from "../support/drop";
import { goTo, heading, openTab, sees, seesNoMore } from "../support/look";

const tabs = "Monitoring of the endpoint";

/** Opens the monitoring of an endpoint from the list. */
export const openMonitoring = async ({ page }: Person, endpoint: string): Promise<void> => {
  await goTo(page, "Monitoring");
  await page.getByRole("table").getByRole("link", { name: new RegExp(`^${endpoint} `) }).click();
  await sees(page.getByRole("navigation", { name: tabs }));
};

/** Pins the rows that the serving version is compared with, on the drift tab. */
export const pinReference = async (person: Person, { endpoint, version, file }: { endpoint: string; version: number; file: DroppedFile }): Promise<void> => {
  const { page } = person;
  await openMonitoring(person, endpoint);
  await openTab(page, tabs, "Drift");
  await sees(page.getByRole("heading", { name: new RegExp(`^Pin the reference of ${endpoint} v${version}`) }));
  await dropFile(page.getByText("Drop the rows here, or choose a file"), { ...file, type: "text/csv" });
  await page.getByRole("button", { name: "Pin the reference" }).click();
  await seesNoMore(page.getByRole("button", { name: "Pin the reference" }));
};

/** Adds a monitor with windows of 10 s, 300 rows and 2 of 3. */
export const addMonitor = async ({ page }: Person, { kind, name, line }: { kind: string; name: string; line?: number }): Promise<void> => {
  await openTab(page, tabs, /^Monitors/);
  await page.getByRole("button", { name: "Add a monitor" }).click();
  const dialog = page.getByRole("dialog", { name: /^Add a monitor to/ });
  await dialog.getByRole("radio", { name: new RegExp(`^${kind}`) }).check();
  await dialog.getByLabel("Name", { exact: true }).fill(name);
  if (line !== undefined) await dialog.getByLabel("Critical below, %").fill(String(line));
  await dialog.getByLabel("Window", { exact: true }).selectOption("10");
  await dialog.getByLabel(/, at least$/).fill("300");
  await dialog.getByLabel("Opens after").fill("2");
  await dialog.getByLabel("Of the last").fill("3");
  await dialog.getByRole("button", { name: "Add the monitor" }).click();
  await seesNoMore(dialog);
  await sees(page.getByRole("heading", { level: 2, name: new RegExp(`^${name}`) }));
};

const healthy = (page: Page) => page.getByRole("heading", { level: 1 }).getByText("Healthy", { exact: true });

/** Waits until both monitors judged windows of the serving version as healthy, and nothing is open. */
export const expectQuiet = async (person: Person, { endpoint, monitors }: { endpoint: string; monitors: readonly string[] }): Promise<void> => {
  const { page } = person;
  await openMonitoring(person, endpoint);
  await sees(healthy(page), 90_000);
  await openTab(page, tabs, /^Monitors/);
  for (const name of monitors) {
    const panel = page.locator("section").filter({ has: page.getByRole("heading", { level: 2, name: new RegExp(`^${name}`) }) });
    await sees(panel.getByText("Healthy", { exact: true }), 90_000);
  }
  await goTo(page, "Incidents");
  await sees(heading(page, /^No /));
};

/** Waits in the list of incidents until one of this title is there, and opens it; returns its number. */
export const openIncident = async ({ page }: Person, title: RegExp, timeoutMs = 90_000): Promise<string> => {
  await goTo(page, "Incidents");
  const row = page.getByRole("table").getByRole("link", { name: title }).first();
  await sees(row, timeoutMs);
  await row.click();
  await page.waitForURL(/\/incidents\/INC-\d+/);
  await sees(heading(page, title.source.includes("INC") ? /./ : title));
  return /INC-\d+/.exec(page.url())?.[0] ?? "";
};

export const watchIncident = async ({ page }: Person, word: "Open" | "Resolved", timeoutMs = 120_000): Promise<void> => sees(page.getByRole("heading", { level: 1 }).getByText(word, { exact: true }), timeoutMs);

/** Rolls back from the open incident with its one-click dialog and arrives at the rollout. */
export const rollBackFromIncident = async ({ page }: Person, { endpoint, to, reason }: { endpoint: string; to: number; reason: string }): Promise<void> => {
  await page.getByRole("button", { name: `Roll back to v${to}…` }).click();
  const dialog = page.getByRole("dialog", { name: `Roll back ${endpoint} to v${to}?` });
  await dialog.getByLabel(/^Reason/).fill(reason);
  await dialog.getByRole("button", { name: `Roll back to v${to}` }).click();
  await page.waitForURL(/\/rollouts\/rol_/);
};
