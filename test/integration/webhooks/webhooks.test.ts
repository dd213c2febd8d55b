import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { setAlias } from "@/lib/governance/server";
import { changeTag, createModel, registerSource } from "@/lib/registry/server";
import { createWebhook, deleteWebhook, deliverWebhook, getWebhook, listDeliveries, listDueWebhooks, listWebhooks, pruneDeliveries, queueDeliveries, resendDelivery, testWebhook, updateWebhook } from "@/lib/webhooks/server";
import { tryParseId } from "@/lib/core/ids";
import { signatureOf } from "@/lib/webhooks/send";

import { testDeps, type TestDeps } from "../../support/deps";
import { testContext } from "../../support/factories";

type Received = { path: string; id: string; timestamp: string; signature: string | undefined; body: string };
type Answer = { status: number; headers?: Record<string, string>; text?: string } | "hang up";

let deps: TestDeps;
let server: Server;
let origin: string;
const received: Received[] = [];
let answers: (request: Received) => Answer = () => ({ status: 200 });

beforeAll(async () => {
  server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      const header = (name: string) => message.headers[name]?.toString();
      const request = { path: message.url ?? "", id: header("x-mlflow-delivery-id") ?? "", timestamp: header("x-mlflow-timestamp") ?? "", signature: header("x-mlflow-signature"), body: Buffer.concat(chunks).toString() };
      received.push(request);
      const answer = answers(request);
      if (answer === "hang up") return void message.socket.destroy();
      response.writeHead(answer.status, answer.headers).end(answer.text ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  deps = await testDeps({ env: { SLIPWAY_WEBHOOK_ALLOWED_HOSTS: `127.0.0.1:${(server.address() as AddressInfo).port}` } });
});
afterAll(async () => {
  await deps.close();
  server.closeAllConnections();
  server.close();
});

const all = ["registered_model.created", "model_version.created", "model_version_tag.set", "model_version_tag.deleted", "model_version_alias.created", "prompt.created"];
const start = async (options: { secret?: string; events?: string[]; path?: string } = {}) => {
  received.length = 0;
  answers = () => ({ status: 200 });
  const ctx = await testContext(deps);
  const webhook = await createWebhook(ctx, { name: "ci", url: `${origin}${options.path ?? "/hook"}`, events: options.events ?? all, ...(options.secret === undefined ? {} : { secret: options.secret }) });
  return { ctx, webhook, id: tryParseId("webhook", webhook.id) ?? "" };
};
const source = { source: "s3://bucket/model", folder: null, runId: null, loggedModelId: null, description: null, tags: { k: "v" } };
const events = (): unknown[] => received.map(({ body }) => JSON.parse(body) as { entity: string; action: string }).map(({ entity, action }) => `${entity}.${action}`);

describe("delivery", () => {
  it("sends every change once, in order, signed, to those who asked", async () => {
    const { ctx, id } = await start({ secret: "s3cret" });
    await createWebhook(ctx, { name: "other", url: `${origin}/other`, events: ["prompt.created"] });
    await createModel(ctx, { name: "churn", description: "d" });
    await registerSource(ctx, "churn", source);
    await changeTag(ctx, "churn", 1, "k", undefined);
    await setAlias(ctx, "churn", "gold", 1);
    await changeTag(ctx, "churn", undefined, "unheard", "of");
    await queueDeliveries(deps);
    await queueDeliveries(deps);
    await Promise.all([deliverWebhook(deps, id), deliverWebhook(deps, id)]);
    await deliverWebhook(deps, id);
    expect(events()).toEqual(["registered_model.created", "model_version.created", "model_version_tag.deleted", "model_version_alias.created"]);
    expect(new Set(received.map((request) => request.id)).size).toBe(4);
    for (const { id: delivery, timestamp, body, signature } of received) expect(signature).toBe(signatureOf("s3cret", delivery, timestamp, body));
    expect(JSON.parse(received[1]?.body ?? "")).toMatchObject({ workspace: ctx.workspace.name, data: { name: "churn", version: "1", source: "s3://bucket/model", tags: { k: "v" } } });
    expect((await deps.db.webhook.findUniqueOrThrow({ where: { id } })).secret).not.toContain("s3cret");
  });

  it("tries again after 503, 429 with Retry-After and a broken connection, in order and under the same id; then gives up", async () => {
    const { ctx, webhook, id } = await start();
    let broken: Answer = { status: 503, text: "down" };
    answers = ({ body }) => (body.includes("first") ? broken : { status: 200 });
    await createModel(ctx, { name: "first" });
    await createModel(ctx, { name: "second" });
    await queueDeliveries(deps);
    await deliverWebhook(deps, id);
    expect(received).toHaveLength(1);
    expect((await listDeliveries(ctx, webhook.id, { limit: 10 })).items.map(({ status, attempts, responseStatus }) => [status, attempts, responseStatus])).toEqual([["pending", 0, null], ["pending", 1, 503]]);
    expect(await listDueWebhooks(deps)).not.toContain(id);
    await deliverWebhook(deps, id);
    expect(received).toHaveLength(1);
    deps.clock.advance(2_000);
    broken = { status: 429, headers: { "retry-after": "120" } };
    expect(await listDueWebhooks(deps)).toContain(id);
    await deliverWebhook(deps, id);
    deps.clock.advance(60_000);
    expect(await listDueWebhooks(deps)).not.toContain(id);
    deps.clock.advance(60_000);
    broken = "hang up";
    await deliverWebhook(deps, id);
    broken = { status: 500 };
    for (let attempt = 4; attempt <= 8; attempt += 1) {
      deps.clock.advance(600_000);
      await deliverWebhook(deps, id);
    }
    const firstIds = received.filter(({ body }) => body.includes("first")).map((request) => request.id);
    expect(firstIds).toHaveLength(8);
    expect(new Set(firstIds).size).toBe(1);
    expect((await listDeliveries(ctx, webhook.id, { limit: 10 })).items.map(({ status, error }) => [status, error])).toEqual([["delivered", null], ["failed", "The receiver answered 500. Given up after 8 attempts."]]);
    expect(await getWebhook(ctx, webhook.id)).toMatchObject({ deliveries: { pending: 0, failed: 1, lastStatus: "delivered" } });
  });

  it("gives up at once on a refusal and on a redirect, and sends again when asked", async () => {
    const { ctx, webhook, id } = await start();
    answers = ({ body }) => (body.includes("moved") ? { status: 302, headers: { location: `${origin}/elsewhere` } } : { status: 410 });
    await createModel(ctx, { name: "gone" });
    await createModel(ctx, { name: "moved" });
    await queueDeliveries(deps);
    await deliverWebhook(deps, id);
    const { items } = await listDeliveries(ctx, webhook.id, { limit: 10, status: "failed" });
    expect(items.map(({ error }) => error)).toEqual(["The address redirects (302); redirects are not followed.", "The receiver answered 410."]);
    expect(received.map(({ path }) => path)).not.toContain("/elsewhere");
    answers = () => ({ status: 204 });
    const again = await resendDelivery(ctx, webhook.id, items[1]?.id ?? "");
    expect(again.status).toBe("pending");
    await deliverWebhook(deps, id);
    expect(received.at(-1)?.id).toBe(received[0]?.id);
    expect((await listDeliveries(ctx, webhook.id, { limit: 1, status: "delivered" })).items).toMatchObject([{ id: again.id, responseStatus: 204 }]);
  });

  it("delivers later when its sender dies between claim and send", async () => {
    const { ctx, id } = await start();
    await createModel(ctx, { name: "survivor" });
    await queueDeliveries(deps);
    // What a killed worker leaves: a hold that nobody gives back, and nothing sent.
    await deps.db.webhook.update({ where: { id }, data: { heldUntil: new Date(deps.clock.current().getTime() + 45_000), fence: { increment: 1 } } });
    expect(await deliverWebhook(deps, id)).toBe(0);
    expect(await listDueWebhooks(deps)).not.toContain(id);
    deps.clock.advance(45_001);
    expect(await listDueWebhooks(deps)).toContain(id);
    await deliverWebhook(deps, id);
    expect(events()).toEqual(["registered_model.created"]);
  });

  it("believes no sender that lost its hold", async () => {
    const { ctx, webhook, id } = await start();
    await createModel(ctx, { name: "slow" });
    await queueDeliveries(deps);
    let release: () => void = () => undefined;
    const overtaken = new Promise<void>((resolve) => (release = resolve));
    answers = () => {
      void deps.db.webhook.update({ where: { id }, data: { heldUntil: null, fence: { increment: 1 } } }).then(() => release());
      return { status: 500 };
    };
    const first = deliverWebhook(deps, id);
    await overtaken;
    await first;
    answers = () => ({ status: 200 });
    deps.clock.advance(60_000);
    await deliverWebhook(deps, id);
    expect((await listDeliveries(ctx, webhook.id, { limit: 5 })).items.at(0)).toMatchObject({ status: "delivered" });
  });

  it("makes each event's deliveries once however many processes look at the same time, and none of a change that was rolled back", async () => {
    const { ctx, webhook } = await start();
    for (let index = 0; index < 30; index += 1) await createModel(ctx, { name: `model-${index}` });
    await expect(createModel(ctx, { name: "model-0" })).rejects.toThrow();
    await Promise.all([queueDeliveries(deps), queueDeliveries(deps), queueDeliveries(deps)]);
    await queueDeliveries(deps);
    expect((await listDeliveries(ctx, webhook.id, { limit: 100 })).items).toHaveLength(30);
    expect(await deps.db.webhookPending.count({ where: { workspaceId: ctx.workspace.id } })).toBe(0);
  });

  it("hears nothing of another workspace, of the time before it was made, or while it is disabled", async () => {
    const { ctx, webhook, id } = await start();
    const other = await testContext(deps);
    await createModel(other, { name: "foreign" });
    await updateWebhook(ctx, webhook.id, { status: "DISABLED" });
    await createModel(ctx, { name: "unheard" });
    await updateWebhook(ctx, webhook.id, { status: "ACTIVE" });
    deps.clock.advance(1_000);
    await createModel(ctx, { name: "heard" });
    await queueDeliveries(deps);
    await deliverWebhook(deps, id);
    expect(received.map(({ body }) => (JSON.parse(body) as { data: { name: string } }).data.name)).toEqual(["heard"]);
  });

  it("keeps its history within bounds", async () => {
    const { ctx, webhook, id } = await start();
    await createModel(ctx, { name: "kept" });
    await queueDeliveries(deps);
    await deliverWebhook(deps, id);
    await deps.db.$executeRaw`INSERT INTO webhook_delivery (id, workspace_id, webhook_id, event_id, ordinal, event, body, status, due_at, created_at)
      SELECT gen_random_uuid(), ${ctx.workspace.id}::uuid, ${id}::uuid, gen_random_uuid(), 0, 'prompt.created', '{}', 'delivered', ${deps.clock.current()}, ${deps.clock.current()} FROM generate_series(1, 1200)`;
    await pruneDeliveries(deps);
    expect(await deps.db.webhookDelivery.count({ where: { webhookId: id } })).toBe(1_000);
    deps.clock.advance(31 * 86_400_000);
    await pruneDeliveries(deps);
    expect((await listDeliveries(ctx, webhook.id, { limit: 5 })).items).toEqual([]);
  });
});

describe("a webhook", () => {
  it.each([
    ["http://example.org/hook", /Invalid webhook URL scheme/],
    ["https://127.0.0.1/hook", /non-public IP/],
    ["https://[::1]/hook", /non-public IP/],
    ["https://[::ffff:10.0.0.1]/hook", /non-public IP/],
    ["https://169.254.169.254/latest/meta-data", /non-public IP/],
    ["https://localhost/hook", /non-public IP/],
    ["https://0x7f.1/hook", /non-public IP/],
    ["https://user:pass@example.org/hook", /credentials/],
    ["ftp://example.org", /scheme/],
    ["not a url", /Invalid webhook URL/],
  ])("can't be sent to %s", async (url, message) => {
    const ctx = await testContext(deps);
    await expect(createWebhook(ctx, { name: "bad", url, events: ["prompt.created"] })).rejects.toMatchObject({ kind: "invalid", message: expect.stringMatching(message) as string });
  });

  it("says what its receiver answers to a test, and what stands in the way", async () => {
    const { ctx, webhook } = await start({ secret: "k" });
    answers = () => ({ status: 418, text: "teapot" });
    expect(await testWebhook(ctx, webhook.id, "prompt.created")).toMatchObject({ success: false, responseStatus: 418, responseBody: "teapot" });
    expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({ entity: "prompt", action: "created", data: { name: "example_prompt" } });
    answers = () => ({ status: 200 });
    expect(await testWebhook(ctx, webhook.id)).toMatchObject({ success: true, responseStatus: 200 });
    answers = () => "hang up";
    expect(await testWebhook(ctx, webhook.id)).toMatchObject({ success: false, responseStatus: null, error: expect.any(String) as string });
    await deps.db.webhook.update({ where: { id: tryParseId("webhook", webhook.id) ?? "" }, data: { url: "https://10.1.2.3/hook" } });
    expect(await testWebhook(ctx, webhook.id)).toMatchObject({ success: false, error: expect.stringContaining("private address") as string });
  });

  it("is listed, changed and deleted by those who may, and is nobody else's", async () => {
    const { ctx, webhook } = await start({ secret: "k" });
    for (let index = 0; index < 4; index += 1) await createWebhook(ctx, { name: `more-${index}`, url: `${origin}/hook`, events: ["prompt.created"] });
    const first = await listWebhooks(ctx, { limit: 3 });
    const rest = await listWebhooks(ctx, { limit: 3, cursor: first.nextCursor ?? "" });
    expect(new Set([...first.items, ...rest.items].map(({ id }) => id)).size).toBe(5);
    expect(await updateWebhook(ctx, webhook.id, { secret: "", description: "now unsigned" })).toMatchObject({ isSigned: false, description: "now unsigned", name: "ci" });
    const other = await testContext(deps);
    for (const call of [getWebhook, deleteWebhook, testWebhook]) await expect(call(other, webhook.id)).rejects.toMatchObject({ kind: "not_found" });
    for (const call of [() => updateWebhook(other, webhook.id, { name: "x" }), () => listDeliveries(other, webhook.id, { limit: 5 })]) await expect(call()).rejects.toMatchObject({ kind: "not_found" });
    const viewer = await testContext(deps, { roles: ["contributor"], workspace: ctx.workspace });
    await expect(listWebhooks(viewer, { limit: 5 })).rejects.toMatchObject({ kind: "forbidden" });
    await deleteWebhook(ctx, webhook.id);
    await expect(getWebhook(ctx, webhook.id)).rejects.toMatchObject({ kind: "not_found" });
    const actions = await deps.db.auditEvent.findMany({ where: { workspaceId: ctx.workspace.id, targetType: "webhook" } });
    expect(actions.map(({ canonical }) => canonical).join()).not.toContain('"k"');
  });
});
