import { answerError, answerJson, Refusal } from "./answers";
import type { TokenCache } from "./auth";
import { answerMetadata, answerReady } from "./describe";
import { admitToEndpoint, admitToMetrics } from "./door";
import { BodyTooLarge, ClientGone, type Exchange } from "./exchange";
import type { Meters } from "./meters";
import { parseTarget, type Target } from "./paths";
import { Prediction, type Tools } from "./predict";
import type { Endpoint, RoutingTable } from "./routing-table";

const maxRequestBytes = 8 * 1024 * 1024;
const maxKnownTargets = 5_000;

export type GatewayOptions = {
  tools: Tools;
  tokens: TokenCache;
  meters: Meters;
  version: string;
  /** Text of /metrics over all processes. */
  scrape: () => Promise<string>;
};

const requireMethod = (exchange: Exchange, method: string): void => {
  if (exchange.method !== method) throw new Refusal(405, `This is asked for by ${method}.`, ["allow", method]);
};

/** The protocol of the gateway: finds the endpoint, checks the token, and lets a Prediction do the rest. */
export class Gateway {
  private table: RoutingTable | undefined;
  private isLeaving = false;
  private readonly known = new Map<string, Target>();

  constructor(private readonly options: GatewayOptions) {}

  apply(table: RoutingTable): void {
    this.table = table;
  }

  leave(): void {
    this.isLeaving = true;
  }

  /** Answers one exchange; raises only what is a defect, after the client has its 500. */
  async handle(exchange: Exchange): Promise<void> {
    try {
      await this.dispatch(exchange, this.targetOf(exchange.target));
    } catch (error) {
      const refusal = refusalOf(error);
      this.options.meters.refused(refusal?.status ?? 500);
      if (!(error instanceof ClientGone)) answerError(exchange, refusal?.status ?? 500, refusal?.message ?? "The gateway failed.", refusal?.headers);
      if (!refusal) throw error;
    }
  }

  private async dispatch(exchange: Exchange, target: Target): Promise<void> {
    const { tools, tokens, version, scrape } = this.options;
    switch (target.kind) {
      case "infer":
      case "invocations":
        return this.predict(exchange, target.endpoint, target.kind === "invocations");
      case "metadata":
        answerMetadata(exchange, await this.read(exchange, target.endpoint), tools);
        break;
      case "ready":
        answerReady(exchange, await this.read(exchange, target.endpoint), tools);
        break;
      case "server":
        answerJson(exchange, 200, { name: "slipway", version, extensions: [] });
        break;
      case "live":
        answerJson(exchange, 200, { live: true });
        break;
      case "server-ready": {
        const isReady = this.table !== undefined && !this.isLeaving;
        answerJson(exchange, isReady ? 200 : 503, { ready: isReady });
        break;
      }
      case "metrics":
        await admitToMetrics(exchange, tokens);
        exchange.respond(200, ["content-type", "text/plain; version=0.0.4; charset=utf-8"], await scrape());
        break;
      case "unknown":
        throw new Refusal(404, "There is nothing here. Predictions: POST /w/{workspace}/{environment}/v2/models/{endpoint}/infer.");
    }
  }

  private targetOf(text: string): Target {
    const known = this.known.get(text);
    if (known) return known;
    const target = parseTarget(text);
    if (this.known.size >= maxKnownTargets) this.known.clear();
    this.known.set(text, target);
    return target;
  }

  private read(exchange: Exchange, key: string): Promise<Endpoint> {
    requireMethod(exchange, "GET");
    return admitToEndpoint(exchange, this.table, key, this.options.tokens);
  }

  private async predict(exchange: Exchange, key: string, isScoring: boolean): Promise<void> {
    requireMethod(exchange, "POST");
    await admitToEndpoint(exchange, this.table, key, this.options.tokens);
    const body = await exchange.readBody(maxRequestBytes);
    // The route of this moment, not of when the upload began.
    const endpoint = this.table?.endpoints.get(key);
    if (!endpoint) throw new Refusal(404, "This endpoint was deleted.");
    new Prediction({ exchange, endpoint, body, isScoring }, this.options.tools).run();
  }
}

const refusalOf = (error: unknown): Refusal | undefined => {
  if (error instanceof Refusal) return error;
  if (error instanceof BodyTooLarge) return new Refusal(413, `A request may have ${maxRequestBytes / 1024 / 1024} MB: send fewer rows at once.`);
  return error instanceof ClientGone ? new Refusal(499, "The client is gone.") : undefined;
};
