import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, apiPath, type ApiProblem, isApiProblem } from "@/lib/http/api-client";

let server: Server;
let base = "";
const seen: { url: string; method: string; headers: IncomingMessage["headers"]; body: string }[] = [];

const answer = (request: IncomingMessage, response: ServerResponse, body: string) => {
  seen.push({ url: request.url ?? "", method: request.method ?? "", headers: request.headers, body });
  const path = (request.url ?? "").split("?")[0];
  if (path === "/empty") return response.writeHead(204).end();
  if (path === "/problem") {
    return response.writeHead(422, { "content-type": "application/problem+json" }).end(JSON.stringify({ type: "about:blank", title: "Unprocessable", status: 422, detail: "Name is taken.", code: "registry.name_taken", requestId: "req1", invalidParams: [{ name: "name", reason: "taken" }], extra: 1 }));
  }
  if (path === "/proxy") return response.writeHead(502, { "x-request-id": "edge1" }).end("<html>Bad gateway</html>");
  if (path === "/cut") return response.destroy();
  return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: true }));
};

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => void answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

const failureOf = async (promise: Promise<unknown>): Promise<ApiProblem> => {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  if (!isApiProblem(error)) throw new Error(`Expected an ApiProblem, got ${String(error)}`);
  return error;
};

describe("api client", () => {
  it("encodes segments", () => expect(apiPath("a/b", "models", "x y")).toBe("/api/slipway/v1/w/a%2Fb/models/x%20y"));

  it("sends JSON, the key and the query, without what is unset", async () => {
    await expect(api.post<{ ok: boolean }>(`${base}/things`, { a: 1 }, { idempotencyKey: "k1", query: { limit: 5, q: "", status: ["a", "b"], cursor: undefined } })).resolves.toEqual({ ok: true });
    const last = seen.at(-1);
    expect(last).toMatchObject({ method: "POST", url: "/things?limit=5&status=a&status=b", body: '{"a":1}' });
    expect(last?.headers).toMatchObject({ "content-type": "application/json", "idempotency-key": "k1" });
  });

  it("reads an empty answer as undefined", async () => expect(await api.delete(`${base}/empty`)).toBeUndefined());

  it("turns a problem document into ApiProblem", async () => {
    const problem = await failureOf(api.get(`${base}/problem`));
    expect(problem).toMatchObject({ status: 422, code: "registry.name_taken", message: "Name is taken.", requestId: "req1" });
    expect(problem.reasonFor("name")).toBe("taken");
    expect(problem.document.extra).toBe(1);
  });

  it("makes a problem of what a proxy answers", async () => {
    expect(await failureOf(api.get(`${base}/proxy`))).toMatchObject({ status: 502, code: "http.unknown", requestId: "edge1", title: "Bad Gateway" });
  });

  it("says when nothing answered, with the cause", async () => {
    const problem = await failureOf(api.get(`${base}/cut`));
    expect(problem).toMatchObject({ status: 0, code: "http.unreachable" });
    expect(problem.cause).toBeInstanceOf(Error);
  });

  it("lets an abort through as an abort", async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(api.get(`${base}/things`, { signal: controller.signal })).rejects.toMatchObject({ name: "AbortError" });
  });
});
