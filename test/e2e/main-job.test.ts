import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";

import { openClient } from "@/bin/demo/client";
import { loadDigits, openRandom, toCsv } from "@/bin/demo/data";
import { startTraffic, type Traffic } from "@/bin/demo/traffic";
import { isObject } from "@/lib/core/json";
import { startSystem, type System } from "@/test/support/system";

import { approve, attachEvidence, requestPromotion } from "./acts/approve";
import { filterByAction, peekNewest } from "./acts/audit";
import { openVersion, readSignature, register } from "./acts/register";
import { canarySteps, shadow, startRelease, verdict, watchRamp, watchStatus } from "./acts/release";
import { createEndpoint, makeToken, openEndpoint } from "./acts/serve";
import { addMonitor, expectQuiet, openIncident, openMonitoring, pinReference, rollBackFromIncident, watchIncident } from "./acts/watch";
import { openStory } from "./support/acts";
import { openBrowser, openPerson, type Person, picture, visit } from "./support/browser";
import { type DroppedFile, exampleFile } from "./support/drop";
import { expectBlocked, goTo, heading, sees } from "./support/look";
import { type Account, invite, join, signInByPage } from "./support/people";

const mara: Account = { name: "Mara", email: "mara@example.org", password: "copper ferry 81 quiet orchard", roles: ["maintainer", "operator"], groups: "engineering" };
const ines: Account = { name: "Ines", email: "ines@example.org", password: "amber ladder 26 winding creek", roles: ["approver"], groups: "risk" };
const noor: Account = { name: "Noor", email: "noor@example.org", password: "silver paddle 53 gentle thunder", roles: ["auditor"], groups: "" };
const model = "digits";
const monitors = ["Inputs of digits", "Accuracy by labels"] as const;
const digits = loadDigits();
const trainingRows: DroppedFile = { name: "training-rows.csv", bytes: toCsv(digits.featureNames, digits.pool("train")) };

/** The evaluation as its script wrote it, naming the version that it was compared with. */
const evaluationFile = (name: string, champion: number | null): DroppedFile => {
  const { evaluation } = digits.model(name);
  const { baseline } = evaluation;
  const compared = isObject(baseline) && champion !== null ? { ...evaluation, baseline: { ...baseline, version: champion } } : evaluation;
  return { name: `evaluation-${name}.json`, bytes: Buffer.from(JSON.stringify(compared)) };
};

let system: System;
let browser: Browser;
let traffic: Traffic | undefined;
let admin: Person;
let engineer: Person;
let approver: Person;
let drift = "";
let performanceLoss = "";
const people: Person[] = [];

beforeAll(async () => {
  system = await startSystem();
  browser = await openBrowser();
});
afterAll(async () => {
  await traffic?.stop();
  await browser?.close();
  await system?.stop();
});

describe("the main job, by clicking", () => {
  /** Evidence, request, the reason why the engineer can't decide, and the approver's decision. */
  const getApproved = async (version: number, name: string, champion: number | null, comment: string): Promise<void> => {
    await openVersion(engineer, model, version);
    await attachEvidence(engineer, "Evaluation", evaluationFile(name, champion));
    await attachEvidence(engineer, "Model card", exampleFile(`model-card-${name}.json`));
    const number = await requestPromotion(engineer, { model, version, comment });
    await approve(approver, { number, model, version });
    say(`${number}: v${version} approved by ${approver.name}`);
  };

  const { act, say } = openStory(() => people, () => system.output());

  act("the administrator signs in and invites two people, who join by one-time links", async () => {
    admin = await openPerson(browser, "Admin");
    people.push(admin);
    await signInByPage(admin, system.url, system.admin.email, system.admin.password);
    const links = [await invite(admin, mara), await invite(admin, ines)];
    engineer = await join(browser, system.url, links[0] ?? "", mara);
    people.push(engineer);
    approver = await join(browser, system.url, links[1] ?? "", ines);
    people.push(approver);
    await admin.page.goto(links[0] ?? "");
    await sees(admin.page.getByText("This link was used already."));
  });

  act("the engineer registers the champion by dropping its file", async () => {
    await register(engineer, { model, number: 1, file: exampleFile("models/champion.onnx", "model.onnx"), description: "First release", featureNames: digits.featureNames });
    await readSignature(engineer, model, 1);
  });

  act("a pickle that calls itself ONNX is refused with its reason", async () => {
    const pickle = Buffer.from("\u0080\u0004\u0095cos\nsystem\n(S'echo owned'\ntR.", "latin1");
    await register(engineer, { model: "impostor", number: 1, file: { name: "model.onnx", bytes: pickle }, description: "Not what it says", featureNames: [] });
    await sees(engineer.page.getByText(/pickle/i));
    say(await engineer.page.getByRole("main").getByText(/pickle/i).first().innerText());
    await picture(engineer.page, "refused");
  });

  act("evidence is attached, promotion requested, and somebody else approves", () => getApproved(1, "champion", null, "First release"));

  act("the engineer creates the endpoint, releases v1 at once and makes a token", async () => {
    await createEndpoint(engineer, model);
    await startRelease(engineer, { endpoint: model, version: 1, steps: [] });
    await watchStatus(engineer, "Done");
    await openEndpoint(engineer, model);
    await sees(heading(engineer.page, `${model} serves ${model} v1`));
    say("v1 serves");
    const token = await makeToken(engineer, model);
    expect(token).toMatch(/^slp_\w+$/);
    const api = openClient(system.url, { authorization: `Bearer ${token}` });
    traffic = startTraffic({ url: system.gatewayUrl, token, api, endpoint: model, rows: digits.pool("heldout_usual"), perSecond: 45, random: openRandom(20_261_120) });
    say("a stream of held-out real rows starts: 45 requests a second, labels after 1 to 6 s");
  });

  act("the engineer pins the reference and adds two monitors", async () => {
    await pinReference(engineer, { endpoint: model, version: 1, file: trainingRows });
    await addMonitor(engineer, { kind: "Input drift", name: monitors[0] });
    await addMonitor(engineer, { kind: "Performance", name: monitors[1], line: 88 });
    await picture(engineer.page, "monitors");
  });

  act("the challenger is registered, approved, shadowed, ramped and promoted", async () => {
    await register(engineer, { model, number: 2, file: exampleFile("models/challenger.onnx", "model.onnx"), description: "Support vector machine on recent scans", featureNames: digits.featureNames });
    await getApproved(2, "challenger", 1, "Better on recent scans");
    await startRelease(engineer, { endpoint: model, version: 2, steps: [shadow, ...canarySteps] });
    await watchRamp(engineer, "Shadow 100 %", "now");
    say("shadowing");
    await sees(engineer.page.getByText(/pairs of 200 needed/), 60_000);
    await watchRamp(engineer, "25 %", "now");
    say("canary at 25 %");
    await sees(verdict(engineer.page, "Loss"), 60_000);
    await watchRamp(engineer, "50 %", "now");
    say("canary at 50 %");
    await sees(engineer.page.getByText(/observed, 50.0 % planned/), 60_000);
    await sees(verdict(engineer.page, "Safe"), 90_000);
    await picture(engineer.page, "rollout-live");
    await watchStatus(engineer, "Done");
    await watchRamp(engineer, "100 %", "done");
    await picture(engineer.page, "rollout-done");
    await pinReference(engineer, { endpoint: model, version: 2, file: trainingRows });
  });

  act("the third is approved on good figures, judged by what it does, and rolled back by itself", async () => {
    await register(engineer, { model, number: 3, file: exampleFile("models/harmful.onnx", "model.onnx"), description: "Gradient boosting on scaled pixels", featureNames: digits.featureNames });
    await getApproved(3, "harmful", 2, "Gradient boosting, good figures");
    await startRelease(engineer, { endpoint: model, version: 3, steps: canarySteps });
    await watchStatus(engineer, "Rolled back");
    await sees(verdict(engineer.page, "Harmful"));
    await picture(engineer.page, "rollout-rolled-back");
    await openEndpoint(engineer, model);
    await sees(heading(engineer.page, `${model} serves ${model} v2`));
  });

  act("the quiet stream raises nothing", async () => {
    await expectQuiet(engineer, { endpoint: model, monitors });
    await picture(engineer.page, "incidents-none");
  });

  act("thick strokes open a drift and a performance incident", async () => {
    traffic?.use(digits.pool("heldout_thick"));
    say("the stream turns to thick strokes, a real sub-population of the held-out rows");
    drift = await openIncident(engineer, /Inputs of digits drifted/);
    await watchIncident(engineer, "Open");
    say(`${drift} open`);
    await openMonitoring(engineer, model);
    await sees(engineer.page.getByRole("heading", { level: 1 }).getByText(/^(Warning|Critical)$/));
    await picture(engineer.page, "monitoring-drifted");
    performanceLoss = await openIncident(engineer, /Accuracy of digits v2 is below 88 %/);
    await watchIncident(engineer, "Open");
    say(`${performanceLoss} open`);
    await picture(engineer.page, "incident-open");
  });

  act("one click from the incident goes back, and resolves it", async () => {
    await rollBackFromIncident(engineer, { endpoint: model, to: 1, reason: `Accuracy fell on thick strokes (${performanceLoss})` });
    await watchStatus(engineer, "Done");
    await openIncident(engineer, new RegExp(`^${performanceLoss} `));
    await watchIncident(engineer, "Resolved");
    await sees(engineer.page.getByText(/Rollback .* by Mara/));
    await picture(engineer.page, "incident-resolved");
    await openIncident(engineer, new RegExp(`^${drift} `));
    await watchIncident(engineer, "Open");
    say(`${drift} stays open: the stream is still drifted`);
    traffic?.use(digits.pool("heldout_usual"));
    say("the stream returns to usual strokes");
    await watchIncident(engineer, "Resolved");
    await openEndpoint(engineer, model);
    await sees(heading(engineer.page, `${model} serves ${model} v1`));
  });

  act("the record holds every step, and filters", async () => {
    const approvals = await filterByAction(engineer, "review.approve");
    expect(approvals).toBe(3);
    await peekNewest(engineer, "review.approve");
    await picture(engineer.page, "audit-peek");
  });

  act("an auditor reads everything and is offered no way to write", async () => {
    await visit(admin.page, `${system.url}/w/default/settings/members`);
    const auditor = await join(browser, system.url, await invite(admin, noor), noor);
    people.push(auditor);
    const { page } = auditor;
    await goTo(page, "Models");
    await sees(page.getByRole("table").getByRole("link", { name: model, exact: true }));
    await expectBlocked(page, "Register model");
    await openEndpoint(auditor, model);
    await expectBlocked(page, "Release a version…");
    await goTo(page, "Audit log");
    await sees(page.getByRole("table", { name: "Audit events, newest first" }));
    await goTo(page, "Settings");
    await sees(heading(page, /work here/));
    expect(await page.getByRole("button", { name: "Invite a person" }).count()).toBe(0);
  });

  act("no page raised an error", () => {
    expect(people.flatMap(({ faults }) => faults)).toEqual([]);
    return Promise.resolve();
  });
});
