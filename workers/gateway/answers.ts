import type { Exchange } from "./exchange";

/** Sends a document as JSON. */
export const answerJson = (exchange: Exchange, status: number, document: unknown, headers: string[] = []): void =>
  exchange.respond(status, ["content-type", "application/json", ...headers], JSON.stringify(document));

/** Sends an error in the form of Open Inference Protocol; `error` says what to do. */
export const answerError = (exchange: Exchange, status: number, error: string, headers: string[] = []): void => answerJson(exchange, status, { error }, headers);
