import type { Exchange } from "./exchange";

/** A request that is answered with an error before it reaches a model; the message says what to do. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Sends a document as JSON. */
export const answerJson = (exchange: Exchange, status: number, document: unknown, headers: readonly string[] = []): void =>
  exchange.respond(status, ["content-type", "application/json", ...headers], JSON.stringify(document));

/** Sends an error in the form of Open Inference Protocol; `error` says what to do. */
export const answerError = (exchange: Exchange, status: number, error: string, headers: readonly string[] = []): void => answerJson(exchange, status, { error }, headers);
