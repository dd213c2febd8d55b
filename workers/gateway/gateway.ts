import { answerError, answerJson } from "./answers";
import { bearerToken, type TokenCache } from "./auth";
import { BodyTooLarge, ClientGone, type Exchange } from "./exchange";
import { upstreamHead } from "./forward";
import type { Meters } from "./meters";
import { parseTarget, type Target as PathTarget } from "./paths";
import { Prediction, type Tools } from "./predict";
import type { Endpoint, RoutingTable } from "./routing-table";

export const maxRequestBytes = 8 * 1024 * 1024;
const maxKnownTargets = 5_000;
const probeMs = 5_000;

export type GatewayOptions = {
  tools: Tools;
  tokens: TokenCache;
  meters: Meters;
  version: string;
  /** Text of /metrics over all processes. */
  scrape: () => Promise<string>;
};

/** The protocol of the gateway: finds the endpoint, checks the token, and lets a Prediction do the rest. */
export class Gateway {
  private table: RoutingTable | undefined;
  private isLeaving = false;
  private readonly known = new Map<string, PathTarget>();

  constructor(private readonly options: GatewayOptions) {}

  apply(table: RoutingTable): void {
    this.table = table;
  }

  leave(): void {
    this.isLeaving = true;
  }

  /** Answers one exchange; never throws. */
  async handle(exchange: Exchange): Promise<void> {
    try {
      await this.dispatch(exchange);
    } catch (error) {
      if (error instanceof ClientGone) return this.options.meters.refused(499);
      if (error instanceof BodyTooLarge) return this.refuse(exchange, 413, `A request may have ${maxRequestBytes / 1024 / 1024} MB: send fewer rows at once.`);
      this.options.meters.refused(500);
      answerError(exchange, 500, "The gateway failed.");
      throw error;
    }
  }

  private async dispatch(exchange: Exchange): Promise<void> {
    const target = this.targetOf(exchange.target);
    switch (target.kind) {
      case "infer":
      case "invocations":
        return this.predict(exchange, target.endpoint, target.kind === "invocations");
      case "metadata":
      case "ready":
        return this.describe(exchange, target.endpoint, target.kind);
      case "server":
        return answerJson(exchange, 200, { name: "slipway", version: this.options.version, extensions: [] });
      case "live":
        return answerJson(exchange, 200, { live: true });
      case "server-ready":
        return answerJson(exchange, this.isReady ? 200 : 503, { ready: this.isReady });
      case "metrics":
        return this.measure(exchange);
      case "unknown":
        return this.refuse(exchange, 404, "There is nothing here. Predictions: POST /w/{workspace}/{environment}/v2/models/{endpoint}/infer.");
    }
  }

  private get isReady(): boolean {
    return this.table !== undefined && !this.isLeaving;
  }

  private targetOf(text: string): PathTarget {
    const known = this.known.get(text);
    if (known) return known;
    const target = parseTarget(text);
    if (this.known.size >= maxKnownTargets) this.known.clear();
    this.known.set(text, target);
    return target;
  }

  private refuse(exchange: Exchange, status: number, reason: string, headers: string[] = []): void {
    this.options.meters.refused(status);
    answerError(exchange, status, reason, headers);
  }

  private async predict(exchange: Exchange, key: string, isScoring: boolean): Promise<void> {
    if (exchange.method !== "POST") return this.refuse(exchange, 405, "Predictions are asked for by POST.", ["allow", "POST"]);
    const known = await this.admit(exchange, key);
    if (!known) return;
    if (isScoring && known.route.runtimeKind !== "onnx") {
      return this.refuse(exchange, 501, `MLflow's scoring form can't be translated for a runtime of kind ${known.route.runtimeKind}: use /v2/models/…/infer.`);
    }
    const body = await exchange.readBody(maxRequestBytes);
    // The route of this moment, not of when the upload began.
    const endpoint = this.table?.endpoints.get(key);
    if (!endpoint) return this.refuse(exchange, 404, "This endpoint was deleted.");
    new Prediction({ exchange, endpoint, body, isScoring }, this.options.tools).run();
  }

  /** The endpoint, when the caller may use it; otherwise the refusal was sent. Where it must not tell, an unknown endpoint and a foreign one look alike. */
  private async admit(exchange: Exchange, key: string): Promise<Endpoint | undefined> {
    if (!this.table) return void this.refuse(exchange, 503, "The gateway has no routes yet: try again.", ["retry-after", "1"]);
    const endpoint = this.table.endpoints.get(key);
    if (endpoint?.route.isAnonymous) return endpoint;
    const token = bearerToken(exchange.header("authorization"));
    if (token === undefined) return void this.refuse(exchange, 401, "Send a token with scope predict: Authorization: Bearer slp_…", ["www-authenticate", 'Bearer realm="slipway"']);
    const answer = this.options.tokens.admit(token);
    const grant = answer instanceof Promise ? await answer : answer;
    if (grant === "away") return void this.refuse(exchange, 503, "The token can't be checked now: try again.", ["retry-after", "1"]);
    if (grant === null) return void this.refuse(exchange, 401, "The token is unknown, revoked or expired.", ["www-authenticate", 'Bearer realm="slipway", error="invalid_token"']);
    if (endpoint?.route.workspaceId !== grant.workspaceId) return void this.refuse(exchange, 404, "There is no such endpoint for this token. Check workspace, environment and name.");
    if (!grant.mayPredict) return void this.refuse(exchange, 403, "The token may not predict: it needs the scope predict, and its owner a role that may.");
    if (grant.endpointIds.length > 0 && !grant.endpointIds.includes(endpoint.route.id)) return void this.refuse(exchange, 403, "The token is bound to other endpoints.");
    return endpoint;
  }

  /** Asks the runtime about the version that answers now. */
  private async describe(exchange: Exchange, key: string, what: "metadata" | "ready"): Promise<void> {
    if (exchange.method !== "GET") return this.refuse(exchange, 405, "This is read by GET.", ["allow", "GET"]);
    const endpoint = await this.admit(exchange, key);
    if (!endpoint) return;
    const { name, stable } = endpoint.route;
    const target = stable && endpoint.targets.get(stable.versionId);
    if (!target) return what === "ready" ? answerJson(exchange, 503, { name, ready: false }) : this.refuse(exchange, 404, `Endpoint "${name}" has no version in service yet.`);
    const path = what === "ready" ? `${target.inferPath}/ready` : target.inferPath;
    const head = upstreamHead("GET", path, endpoint.origin, this.options.tools.secret, "", 0);
    this.options.tools.main.of(endpoint.origin.url).send(
      { head, body: Buffer.alloc(0), timeoutMs: Math.min(probeMs, endpoint.route.timeoutMs) },
      {
        onAnswer: ({ status, body }) => {
          const headers = ["x-slipway-version", target.wireId];
          if (what === "ready") return answerJson(exchange, status === 200 ? 200 : 503, { name, ready: status === 200 }, headers);
          exchange.respond(status, ["content-type", "application/json", ...headers], body.toString("utf8").replaceAll(JSON.stringify(target.wireId), JSON.stringify(name)));
        },
        onFailure: ({ error }) => (what === "ready" ? answerJson(exchange, 503, { name, ready: false }) : this.refuse(exchange, error === "timeout" ? 504 : 502, `The runtime behind "${name}" does not answer.`)),
      },
    );
  }

  private async measure(exchange: Exchange): Promise<void> {
    if (!exchange.isLoopback) {
      const token = bearerToken(exchange.header("authorization"));
      const grant = token === undefined ? null : await this.options.tokens.admit(token);
      if (grant === null || grant === "away" || !grant.mayReadMetrics) return this.refuse(exchange, 403, "Metrics are for the loopback, or for a token with scope metrics:read.");
    }
    exchange.respond(200, ["content-type", "text/plain; version=0.0.4; charset=utf-8"], await this.options.scrape());
  }
}
