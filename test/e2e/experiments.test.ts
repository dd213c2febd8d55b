import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";

import { startSystem, type System } from "@/test/support/system";

import { openStory } from "./support/acts";
import { addressHolds, openBrowser, openPerson, type Person, picture, reload, visit } from "./support/browser";
import { goTo, heading, openTab, sees, seesNoMore } from "./support/look";
import { invite, join, signInByPage } from "./support/people";
import { logRuns, type LoggedRuns } from "./support/runs";

const mara = { name: "Mara", email: "mara@example.org", password: "copper ferry 81 quiet orchard", roles: ["contributor"], groups: "" };
const vera = { name: "Vera", email: "vera@example.org", password: "silver paddle 53 gentle thunder", roles: ["viewer"], groups: "" };

/** Writes a description on the open page and waits until it reads as `read`. */
const writeDescription = async (page: Page, text: string, read: string): Promise<void> => {
  const panel = page.getByRole("region", { name: "Description" });
  await panel.getByRole("button", { name: "Write a description" }).click();
  await panel.getByRole("textbox", { name: "Description in Markdown" }).fill(text);
  await panel.getByRole("button", { name: "Save description" }).click();
  await sees(panel.getByText(read));
};

let system: System;
let browser: Browser;
let logged: LoggedRuns;
let scientist: Person;
const people: Person[] = [];

beforeAll(async () => {
  system = await startSystem();
  browser = await openBrowser();
  logged = await logRuns(system);
});
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

describe("from the experiments to a registered version, by clicking", () => {
  const { act, say } = openStory(() => people, () => system.output());
  const table = (): Locator => scientist.page.getByRole("region", { name: `Runs of ${logged.name}` });
  const names = async (): Promise<string[]> => (await table().locator("[data-row-link]").allInnerTexts()).map((text) => text.trim());
  const expectNames = (wanted: readonly string[]): Promise<void> => expect.poll(names, { timeout: 45_000 }).toEqual(wanted);

  act("a data scientist joins and finds the experiment", async () => {
    const admin = await openPerson(browser, "Administrator");
    people.push(admin);
    await signInByPage(admin, system.url, system.admin.email, system.admin.password);
    scientist = await join(browser, system.url, await invite(admin, mara), mara);
    people.push(scientist);
    await goTo(scientist.page, "Experiments");
    await sees(heading(scientist.page, "1 of 2 experiments active in the last 24 h"));
    await scientist.page.getByRole("link", { name: logged.name }).click();
    await sees(heading(scientist.page, `${logged.name} 9 runs`));
    await expectNames(["live-swan-28", "sweep", "brisk-otter-41", "amber-wren-36", "quiet-lynx-39", "plain-tern-33", "calm-heron-12"]);
    await picture(scientist.page, "runs");
  });

  act("nested runs open under their parent", async () => {
    await table().getByRole("button", { name: "Show the 2 runs nested in sweep" }).click();
    await sees(table().getByRole("link", { name: "trial-7" }));
    await table().getByRole("button", { name: "Hide the 2 runs nested in sweep" }).click();
    await seesNoMore(table().getByRole("link", { name: "trial-7" }));
  });

  act("a filter is completed, a wrong one is told in its place, and the URL holds it", async () => {
    const { page } = scientist;
    const field = page.getByRole("combobox", { name: "Filter runs" });
    await field.fill("val_l");
    await page.getByRole("option", { name: /metrics\.val_loss/ }).waitFor();
    await field.press("Tab");
    expect(await field.inputValue()).toBe("metrics.val_loss ");
    await field.fill("metrics.val_auc > 0.795 AND planets.mars = 'x'");
    await field.press("Enter");
    await sees(page.getByRole("alert").filter({ hasText: /planets/ }));
    await field.fill("metrics.val_auc > 0.795 AND (params.depth = '3' OR params.depth = '4')");
    await field.press("Enter");
    await expectNames(["trial-7", "trial-6", "brisk-otter-41", "amber-wren-36"]);
    await addressHolds(page, "q", "params.depth = '3'");
    await reload(page);
    await expectNames(["trial-7", "trial-6", "brisk-otter-41", "amber-wren-36"]);
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await expectNames(["live-swan-28", "sweep", "brisk-otter-41", "amber-wren-36", "quiet-lynx-39", "plain-tern-33", "calm-heron-12"]);
  });

  act("a press on a head sorts, and the best is told", async () => {
    const { page } = scientist;
    await table().getByRole("button", { name: /val_auc/ }).click();
    await sees(page.getByText(/live-swan-28 leads: val_auc/));
    expect((await names())[0]).toBe("live-swan-28");
    await table().getByRole("button", { name: /val_auc/ }).click();
    await sees(page.getByText(/calm-heron-12 has the lowest val_auc/));
    expect((await names())[0]).toBe("calm-heron-12");
    await table().getByRole("button", { name: /val_auc/ }).click();
  });

  act("columns are chosen, stay in the URL and are remembered", async () => {
    const { page } = scientist;
    await page.getByRole("button", { name: /^Columns \d+ of/ }).click();
    const dialog = page.getByRole("dialog", { name: "Columns" });
    await dialog.getByRole("checkbox", { name: "learning_rate" }).uncheck();
    await dialog.getByRole("checkbox", { name: "Run ID" }).check();
    await dialog.getByRole("button", { name: "Done" }).click();
    await sees(table().getByRole("columnheader", { name: "Run ID" }));
    expect(await table().getByRole("columnheader", { name: "learning_rate" }).count()).toBe(0);
    await addressHolds(page, "cols", "attributes.runId");
    await visit(page, `${system.url}/w/default/experiments/${logged.experiment}`);
    await sees(table().getByRole("columnheader", { name: "Run ID" }));
  });

  act("the page of the best run shows what it was, and its note without running it", async () => {
    const { page } = scientist;
    await table().getByRole("link", { name: "brisk-otter-41" }).click();
    await sees(heading(page, /brisk-otter-41/));
    await sees(page.getByRole("heading", { name: "Best so far" }));
    expect(await page.evaluate(() => "broken" in window)).toBe(false);
    await sees(page.getByRole("region", { name: "Datasets" }).getByText("applications"));
    await page.getByRole("button", { name: "Rename the run" }).click();
    await page.getByRole("textbox", { name: "Name of the run" }).fill("brisk-otter-final");
    await page.keyboard.press("Enter");
    await sees(heading(page, /brisk-otter-final/));
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Note in Markdown" }).fill("Goes to **review**.");
    await page.getByRole("button", { name: "Save note" }).click();
    await sees(page.getByText("Goes to review."));
    await picture(page, "run");
  });

  act("its curves are drawn", async () => {
    await openTab(scientist.page, "brisk-otter-final", /^Metrics/);
    await sees(scientist.page.getByRole("region", { name: "val_auc" }));
  });

  act("its files are previewed: table, image, JSON, MLmodel, and HTML that reaches nothing", async () => {
    const { page } = scientist;
    await openTab(page, "brisk-otter-final", "Artifacts");
    const files = page.getByRole("navigation", { name: "Files" });
    await files.getByRole("button", { name: "eval" }).click();
    await files.getByRole("button", { name: /confusion table\.csv/ }).click();
    await sees(page.getByRole("cell", { name: "1, late" }));
    await files.getByRole("button", { name: /metrics\.json/ }).click();
    await sees(page.getByText('"under 25": 0.774'));
    await files.getByRole("button", { name: "plots" }).click();
    await files.getByRole("button", { name: /roc\.svg/ }).click();
    await page.waitForFunction(() => [...document.images].some((image) => image.alt === "roc.svg" && image.naturalWidth === 320));
    await files.getByRole("button", { name: "model", exact: true }).click();
    await files.getByRole("button", { name: /^MLmodel/ }).first().click();
    await sees(page.getByRole("rowheader", { name: "income" }));
    await files.getByRole("button", { name: /report\.html/ }).click();
    const frame = page.frameLocator("iframe[title='report.html']");
    await frame.getByText("after, cookies none").waitFor();
    await picture(page, "artifacts");
    await reload(page);
    await frame.getByText("after, cookies none").waitFor();
  });

  act("the model is registered and leads back to its run", async () => {
    const { page } = scientist;
    await page.getByRole("button", { name: "Register model" }).click();
    const dialog = page.getByRole("dialog", { name: /Register a model from/ });
    await dialog.getByRole("radio", { name: /^gbm/ }).check();
    await dialog.getByRole("combobox", { name: "Model" }).fill("credit-pd");
    await dialog.getByRole("button", { name: "Register" }).click();
    await page.waitForURL(/\/models\/credit-pd\/1$/);
    await sees(heading(page, "credit-pd v1"));
    await page.getByRole("link", { name: /^[0-9a-f]{4}…[0-9a-f]{4}$/ }).click();
    await sees(heading(page, /brisk-otter-final/));
    await sees(page.getByRole("region", { name: "Registered versions" }).getByRole("link", { name: "credit-pd v1" }));
  });

  act("the model and its version are described where they stand", async () => {
    const { page } = scientist;
    await page.getByRole("region", { name: "Registered versions" }).getByRole("link", { name: "credit-pd v1" }).click();
    await sees(heading(page, "credit-pd v1"));
    await writeDescription(page, "First one with **bureau data**.", "First one with bureau data.");
    await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "credit-pd" }).click();
    await sees(heading(page, /^credit-pd$/));
    await writeDescription(page, "## Use\n\nConsumer loans. <script>window.broken = true</script>", "Consumer loans.");
    await sees(page.getByRole("heading", { name: "Use" }));
    await reload(page);
    await sees(page.getByRole("heading", { name: "Use" }));
    expect(await page.evaluate(() => "broken" in window)).toBe(false);
  });

  act("runs are selected by keyboard, deleted and restored", async () => {
    const { page } = scientist;
    await visit(page, `${system.url}/w/default/experiments/${logged.experiment}`);
    await sees(table());
    for (const key of ["j", "j", "j", "j", "x", "j", "x"]) await page.keyboard.press(key);
    await sees(page.getByRole("toolbar", { name: "Selected runs" }).getByText("2 runs selected"));
    await page.getByRole("button", { name: "Delete…" }).click();
    await page.getByRole("dialog", { name: "Delete 2 runs?" }).getByRole("button", { name: "Delete 2 runs" }).click();
    await sees(heading(page, `${logged.name} 7 runs`));
    await page.getByRole("button", { name: "Deleted", exact: true }).click();
    await expectNames(["amber-wren-36", "quiet-lynx-39"]);
    await page.getByRole("checkbox", { name: "Select amber-wren-36" }).check();
    await page.getByRole("checkbox", { name: "Select quiet-lynx-39" }).check();
    await page.getByRole("button", { name: "Restore", exact: true }).click();
    await page.getByRole("button", { name: "Active", exact: true }).click();
    await sees(heading(page, `${logged.name} 9 runs`));
  });

  act("a running run moves by itself", async () => {
    const live = await system.call("POST", "/api/2.0/mlflow/runs/search", { experiment_ids: [logged.experiment], filter: "attributes.run_name = 'live-swan-28'" });
    const { runs } = (await live.json()) as { runs: { info: { run_id: string } }[] };
    const runId = runs[0]?.info.run_id ?? "";
    await system.call("POST", "/api/2.0/mlflow/runs/log-metric", { run_id: runId, key: "val_auc", value: 0.9991, timestamp: Date.now(), step: 99 });
    await sees(table().getByRole("cell", { name: /0\.9991/ }), 20_000);
    await system.call("POST", "/api/2.0/mlflow/runs/update", { run_id: runId, status: "FINISHED", end_time: Date.now() });
    await seesNoMore(table().getByText("Running"), 20_000);
    say("live-swan-28 ended on the screen");
  });

  act("an experiment is made, deleted with its runs and restored", async () => {
    const { page } = scientist;
    await goTo(page, "Experiments");
    await page.getByRole("button", { name: "Create experiment" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("churn");
    await page.getByRole("dialog").getByRole("button", { name: "Create experiment" }).click();
    await sees(heading(page, "churn 0 runs"));
    await sees(page.getByText("No run yet."));
    await page.getByRole("button", { name: "Actions for churn" }).click();
    await page.getByRole("menuitem", { name: /Delete/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete experiment" }).click();
    await sees(page.getByText("This experiment is deleted."));
    await page.getByRole("button", { name: "Restore experiment" }).click();
    await seesNoMore(page.getByText("This experiment is deleted."));
  });

  act("a viewer reads all of it and is offered no way to write", async () => {
    const [admin] = people;
    if (!admin) throw new Error("administrator");
    await visit(admin.page, `${system.url}/w/default/settings/members`);
    const viewer = await join(browser, system.url, await invite(admin, vera), vera);
    people.push(viewer);
    await visit(viewer.page, `${system.url}/w/default/experiments`);
    await sees(viewer.page.getByRole("link", { name: logged.name }));
    expect(await viewer.page.getByRole("button", { name: "Create experiment" }).count()).toBe(0);
    await visit(viewer.page, `${system.url}/w/default/experiments/${logged.experiment}/runs/${logged.runs[4]?.id ?? ""}`);
    await sees(heading(viewer.page, /brisk-otter-final/));
    for (const name of ["Register model", "Rename the run", "Edit"]) expect(await viewer.page.getByRole("button", { name }).count()).toBe(0);
    await visit(viewer.page, `${system.url}/w/default/models/credit-pd`);
    const description = viewer.page.getByRole("region", { name: "Description" });
    await sees(description.getByText(/needs the role contributor/));
    expect(await description.getByRole("button", { name: "Edit" }).isDisabled()).toBe(true);
  });

  act("a parent tells its nested runs apart, and prompts have a list of their own", async () => {
    const { page } = scientist;
    await visit(page, `${system.url}/w/default/experiments/${logged.experiment}/runs/${logged.parent}`);
    const nested = page.getByRole("region", { name: "Nested runs" }).getByRole("listitem").filter({ hasText: "trial-7" });
    await sees(nested.getByText("0.8110"));
    await sees(nested.getByText("depth"));
    expect((await system.call("POST", "/api/2.0/mlflow/registered-models/create", { name: "greeting", tags: [{ key: "mlflow.prompt.is_prompt", value: "true" }] })).status).toBe(200);
    await visit(page, `${system.url}/w/default/models?view=prompts`);
    await page.getByRole("link", { name: "greeting" }).click();
    await sees(heading(page, "greeting"));
    await sees(page.getByText("greeting has no version yet."));
    expect(await page.getByRole("button", { name: "Register version" }).count()).toBe(0);
  });

  act("no page raised an error", () => {
    expect(people.flatMap(({ faults }) => faults)).toEqual([]);
    return Promise.resolve();
  });
});
