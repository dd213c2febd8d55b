import { randomBytes } from "node:crypto";

import { type Client, DemoProblem, openClient, signIn } from "./client";
import { loadDigits, type ModelFiles, openRandom, toCsv } from "./data";
import type { Terminal } from "./terminal";
import { startTraffic, type Traffic } from "./traffic";

export type Installation = { url: string; gatewayUrl: string; adminToken: string };

type Version = { number: number; id: string; status: string; statusReason: string | null; signature: { inputs: { name: string; datatype: string; shape: (number | null)[] }[] } | null; inspection: { findings: { message: string }[] } | null };
type Rollout = { id: string; phase: string; reason: string | null; phaseSince: string; verdict: { reason: string; requests: { candidate: number } } | null; route: { candidateWeightBp: number; mirrorBp: number } | null };
type Incident = { id: string; number: number; kind: string; status: string; title: string; cause: string; resolution: string | null; resolvedByAction: string | null };
type Page<T> = { items: T[]; nextCursor: string | null };

/** What the acts of the story share. */
export type Stage = {
  installation: Installation;
  terminal: Terminal;
  admin: Client;
  engineer: Client;
  approver: Client;
  digits: ReturnType<typeof loadDigits>;
  name: string;
  traffic: Traffic | null;
  monitorIds: string[];
};

const perSecond = 45;
const page = (stage: Stage, path: string): string => `${stage.installation.url}/w/default${path}`;

/** Opens the stage: two people join by one-time links and sign in through the real sign-in; the model's name is one that is free. */
export const openStage = async (installation: Installation, terminal: Terminal): Promise<Stage> => {
  const admin = openClient(installation.url, { authorization: `Bearer ${installation.adminToken}` });
  const join = async (name: string, roles: string[], groups: string[]): Promise<Client> => {
    const tag = randomBytes(3).toString("hex");
    const email = `${name.toLowerCase()}-${tag}@example.org`;
    const password = `${randomBytes(12).toString("base64url")}-demo`;
    const { url } = await admin.call<{ url: string }>("POST", "/invitations", { email, roles, groups });
    const accepted = await fetch(`${installation.url}/api/slipway/v1/invitations/accept`, { method: "POST", headers: { "content-type": "application/json", origin: installation.url }, body: JSON.stringify({ token: url.split("/").at(-1), name, password }) });
    if (!accepted.ok) throw new DemoProblem(accepted.status, `${name} could not join: ${await accepted.text()}`);
    terminal.say(`${name} joined as ${roles.join(", ")}: sign in as ${email} with ${password}`);
    return signIn(installation.url, email, password);
  };
  const engineer = await join("Mara", ["maintainer", "operator"], ["engineering"]);
  const approver = await join("Ines", ["approver"], ["risk"]);
  const { items } = await admin.call<Page<{ name: string }>>("GET", "/models", undefined, { limit: 200, q: "digits" });
  const taken = new Set(items.map((model) => model.name));
  let name = "digits";
  for (let index = 2; taken.has(name); index += 1) name = `digits-${index}`;
  await engineer.call("POST", "/models", { name, description: "Handwritten digits from 8 by 8 pixels" });
  return { installation, terminal, admin, engineer, approver, digits: loadDigits(), name, traffic: null, monitorIds: [] };
};

/** Uploads one ONNX file as the next version and waits for its inspection. */
export const register = async (stage: Stage, files: ModelFiles, description: string): Promise<Version> => {
  const { sha256 } = await stage.engineer.putBytes<{ sha256: string }>("/blobs", files.bytes, "application/octet-stream");
  const made = await stage.engineer.call<Version>("POST", `/models/${stage.name}/versions`, { files: [{ path: "model.onnx", sha256 }], description, featureNames: stage.digits.featureNames });
  const version = await stage.terminal.wait("the inspection", async () => {
    const seen = await stage.engineer.call<Version>("GET", `/models/${stage.name}/versions/${made.number}`);
    return seen.status === "checking" ? undefined : seen;
  }, { text: () => `inspecting v${made.number} without running it`, timeoutMs: 30_000 });
  const input = version.signature?.inputs[0];
  stage.terminal.say(`v${version.number} ${version.status}: ${files.bytes.length} bytes, input ${input?.name ?? "?"} ${input?.datatype ?? "?"} [${(input?.shape ?? []).map((size) => size ?? "n").join(", ")}]`);
  return version;
};

/** A file that is not what it says: refused with the reason, and nothing is left half done. */
export const registerImpostor = async (stage: Stage): Promise<void> => {
  const model = `${stage.name}-impostor`;
  const { sha256 } = await stage.engineer.putBytes<{ sha256: string }>("/blobs", Buffer.from("\u0080\u0004\u0095cos\nsystem\n(S'echo owned'\ntR.", "latin1"), "application/octet-stream");
  await stage.engineer.call("POST", "/models", { name: model });
  const made = await stage.engineer.call<Version>("POST", `/models/${model}/versions`, { files: [{ path: "model.onnx", sha256 }] });
  const seen = await stage.terminal.wait("the refusal", async () => {
    const version = await stage.engineer.call<Version>("GET", `/models/${model}/versions/${made.number}`);
    return version.status === "checking" ? undefined : version;
  }, { text: () => "inspecting a pickle that calls itself model.onnx", timeoutMs: 30_000 });
  stage.terminal.say(`A pickle named model.onnx is ${seen.status}: ${seen.statusReason ?? seen.inspection?.findings[0]?.message ?? ""}`);
  if (seen.status !== "refused") throw new Error(`The impostor was ${seen.status}, not refused.`);
};

/** Attaches evidence, asks for approval as the engineer, and has the second person approve. */
export const approve = async (stage: Stage, version: Version, files: ModelFiles, champion: number | null): Promise<void> => {
  const { name, engineer, approver, terminal } = stage;
  const evidence = `/models/${name}/versions/${version.number}/evidence`;
  const request = await engineer.call<{ number: string }>("POST", "/requests", { model: name, version: version.number, environment: "production", comment: `Release ${name} v${version.number}` });
  const before = await engineer.call<{ checks: { status: string; title: string }[]; you: { reason: string | null } }>("GET", `/requests/${request.number}`);
  terminal.say(`${request.number} opened; missing: ${before.checks.filter((check) => check.status !== "PASS").map((check) => check.title).join(", ") || "nothing"}. Mara: ${before.you.reason ?? "may decide"}`);
  const baseline = files.evaluation["baseline"] as Record<string, unknown> | undefined;
  await engineer.call("POST", evidence, { document: { ...files.evaluation, ...(baseline && champion !== null ? { baseline: { ...baseline, version: champion } } : {}) } });
  await engineer.call("POST", evidence, { document: files.modelCard });
  const token = openClient(stage.installation.url, { authorization: `Bearer ${stage.installation.adminToken}` });
  const refusal = await token.call("POST", `/requests/${request.number}/reviews`, { decision: "approve", comment: "as a program" }).then(() => "accepted", (error: unknown) => (error instanceof DemoProblem ? String(error.status) : "failed"));
  if (refusal !== "403") throw new Error(`An API token that approves got ${refusal}, not 403.`);
  const decided = await approver.call<{ status: string }>("POST", `/requests/${request.number}/reviews`, { decision: "approve", comment: "Evidence read; figures hold on held-out rows." });
  terminal.say(`${request.number} ${decided.status.toLowerCase()} by Ines (a token that tried got 403)   ${page(stage, `/approvals/${request.number}`)}`);
};

const phaseText = (rollout: Rollout | undefined): string => (rollout ? `${rollout.phase.toLowerCase()} · ${((rollout.route?.candidateWeightBp ?? 0) / 100).toFixed(0)} % · ${rollout.verdict?.reason ?? rollout.reason ?? ""}` : "starting");

/** Starts a rollout and follows it to its end. */
export const release = async (stage: Stage, version: Version, strategy: string, plan: unknown, timeoutMs: number): Promise<Rollout> => {
  const { engineer, terminal } = stage;
  const started = await engineer.call<Rollout>("POST", "/rollouts", { endpoint: stage.name, environment: "production", version: version.number, strategy, ...(plan ? { plan } : {}) });
  terminal.say(`${strategy} of v${version.number} started   ${page(stage, `/rollouts/${started.id}`)}`);
  let seen: Rollout | undefined;
  let shown = "";
  return terminal.wait(`the rollout of v${version.number}`, async () => {
    seen = await engineer.call<Rollout>("GET", `/rollouts/${started.id}`);
    const line = `${seen.phase} ${((seen.route?.candidateWeightBp ?? 0) / 100).toFixed(0)} %`;
    if (line !== shown) terminal.say(`${line.toLowerCase()}${seen.reason ? `: ${seen.reason}` : ""}`);
    shown = line;
    if (seen.phase === "HELD" || seen.phase === "STUCK") throw new Error(`The rollout is ${seen.phase}: ${seen.reason ?? ""}`);
    return ["SUCCEEDED", "ROLLED_BACK", "CANCELLED"].includes(seen.phase) ? seen : undefined;
  }, { text: () => phaseText(seen), timeoutMs, everyMs: 400 });
};

/** Opens the endpoint and a token of scope predict, and starts the stream. */
export const openEndpoint = async (stage: Stage): Promise<{ token: string }> => {
  await stage.engineer.call("POST", "/endpoints", { name: stage.name, environment: "production", model: stage.name });
  const { secret } = await stage.engineer.call<{ secret: string }>("POST", "/tokens", { name: `application of ${stage.name}`, scopes: ["predict"], expiresInDays: 30 });
  return { token: secret };
};

export const startStream = (stage: Stage, token: string): void => {
  stage.traffic = startTraffic({ url: stage.installation.gatewayUrl, token, api: stage.engineer, endpoint: stage.name, rows: stage.digits.pool("heldout_usual"), perSecond, random: openRandom(20_261_120) });
  stage.terminal.say(`${perSecond} requests a second: a seeded random replay of held-out real rows, never training rows; labels after 1 to 6 s, out of order, 5 % never`);
};

/** Pins the training rows as the reference of a version. */
export const pinReference = async (stage: Stage, version: Version): Promise<void> => {
  const rows = stage.digits.pool("train");
  await stage.engineer.putBytes(`/models/${stage.name}/versions/${version.number}/reference`, toCsv(stage.digits.featureNames, rows), "text/csv", "POST");
  stage.terminal.say(`v${version.number}: reference pinned from ${rows.length} training rows`);
};

export const createMonitors = async (stage: Stage, performanceLine: number): Promise<void> => {
  const shared = { windowSeconds: 10, minRows: 300, violationsToOpen: 2, windowsLookedAt: 3 };
  const path = `/endpoints/${stage.name}/monitors`;
  const drift = { name: "Input drift", kind: "drift", ...shared };
  const accuracy = { name: "Accuracy by labels", kind: "performance", ...shared, params: { line: performanceLine } };
  for (const monitor of [drift, accuracy]) stage.monitorIds.push((await stage.engineer.call<{ id: string }>("POST", path, monitor, { environment: "production" })).id);
  stage.terminal.say(`Monitors: input drift and accuracy (line ${performanceLine}), windows of 10 s, at least 300 rows, 2 of 3`);
};

export const listIncidents = async (stage: Stage): Promise<Incident[]> => (await stage.engineer.call<Page<Incident>>("GET", "/incidents", undefined, { endpoint: stage.name, environment: "production", limit: 50 })).items;

/** Waits until an incident of `kind` satisfies `matches`. */
export const waitForIncident = (stage: Stage, kind: string, matches: (incident: Incident) => boolean, timeoutMs: number): Promise<Incident> => {
  let seen: Incident[] = [];
  return stage.terminal.wait(`the ${kind} incident`, async () => {
    seen = await listIncidents(stage);
    return seen.find((incident) => incident.kind === kind && matches(incident));
  }, { text: () => `waiting for the ${kind} incident; ${seen.length === 0 ? "none yet" : seen.map((incident) => `INC-${incident.number} ${incident.kind} ${incident.status}`).join(", ")}`, timeoutMs });
};

/** Tells how soon the rolled-back version stopped answering after its verdict, as the callers saw it. */
export const reportRollback = async (stage: Stage, version: Version, ended: Rollout): Promise<void> => {
  const looks = await stage.engineer.call<{ items: { at: string; document: { overall: string; reason: string } }[] }>("GET", `/rollouts/${ended.id}/verdicts`);
  const verdict = looks.items.find((look) => look.document.overall === "harmful");
  if (!verdict) throw new Error("The rollout was rolled back without a harmful verdict.");
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  const seen = stage.traffic?.counts().byVersion[version.id];
  const lastMs = (seen?.lastAtMs ?? 0) - Date.parse(verdict.at);
  stage.terminal.say(`Judged harmful without a person: ${verdict.document.reason}`);
  stage.terminal.say(`Its last answer came ${(lastMs / 1000).toFixed(2)} s after the verdict; ${seen?.answers ?? 0} answers in all`);
  if (lastMs > 2_000) throw new Error(`v${version.number} still answered ${(lastMs / 1000).toFixed(2)} s after its verdict.`);
};


/** Waits for `windows` more evaluated windows of the quiet stream and checks that no incident was raised. */
export const expectQuiet = async (stage: Stage, windows: number): Promise<void> => {
  const countOk = async (): Promise<number> => {
    const pages = await Promise.all(stage.monitorIds.map((id) => stage.engineer.call<Page<{ status: string }>>("GET", `/monitors/${id}/results`, undefined, { limit: 200 })));
    return pages.flatMap((page) => page.items).filter((result) => result.status === "OK").length;
  };
  const before = await countOk();
  let now = before;
  await stage.terminal.wait("quiet windows", async () => {
    now = await countOk();
    return now >= before + windows * 2 ? true : undefined;
  }, { text: () => `${now} windows evaluated as healthy`, timeoutMs: 60_000 });
  const incidents = await listIncidents(stage);
  if (incidents.length > 0) throw new Error(`The quiet stream raised ${incidents.map((incident) => `INC-${incident.number} ${incident.title}`).join(", ")}.`);
  stage.terminal.say(`${now} windows of the quiet stream evaluated, no incident   ${page(stage, `/monitoring/${stage.name}?env=production`)}`);
};

export const rollBack = async (stage: Stage, reason: string): Promise<void> => {
  const rollout = await stage.engineer.call<Rollout>("POST", `/endpoints/${stage.name}/rollback`, { reason }, { environment: "production" });
  await stage.terminal.wait("the way back", async () => {
    const seen = await stage.engineer.call<Rollout>("GET", `/rollouts/${rollout.id}`);
    return seen.phase === "SUCCEEDED" ? seen : undefined;
  }, { text: () => "rolling back to the warm version", timeoutMs: 30_000, everyMs: 200 });
  stage.terminal.say("Rolled back to the version before, which was still warm");
};

/** Counts the audit events of the story and checks that their numbers have no gap. */
export const reportRecord = async (stage: Stage): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const events: { seq: number | null; action: string }[] = [];
  let cursor: string | null = null;
  do {
    const { items, nextCursor }: Page<{ seq: number | null; action: string }> = await stage.admin.call("GET", "/audit/events", undefined, { limit: 200, ...(cursor ? { cursor } : {}) });
    events.push(...items);
    cursor = nextCursor;
  } while (cursor);
  const numbers = events.flatMap((event) => (event.seq === null ? [] : [event.seq])).sort((a, b) => a - b);
  if (numbers.some((number, index) => number !== index + 1)) throw new Error("The audit sequence has a gap.");
  stage.terminal.say(`${events.length} events, numbered 1 to ${numbers.length} without a gap   ${page(stage, "/audit")}`);
  const counts = stage.traffic?.counts();
  if (counts) stage.terminal.say(`${counts.sent} predictions asked, ${counts.failed} failed, ${counts.labelled} labelled, ${counts.unlabelled} never`);
};
