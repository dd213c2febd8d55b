import { Refusal } from "./answers";
import { bearerToken, type Admission, type TokenCache } from "./auth";
import type { Exchange } from "./exchange";
import type { Endpoint, RoutingTable } from "./routing-table";

const retrySoon = ["retry-after", "1"];
const challenge = (error?: string): string[] => ["www-authenticate", `Bearer realm="slipway"${error ? `, error="${error}"` : ""}`];

const askForToken = async (exchange: Exchange, tokens: TokenCache): Promise<Exclude<Admission, null | "away">> => {
  const token = bearerToken(exchange.header("authorization"));
  if (token === undefined) throw new Refusal(401, "Send a token with scope predict: Authorization: Bearer slp_…", challenge());
  const answer = tokens.admit(token);
  const grant = answer instanceof Promise ? await answer : answer;
  if (grant === "away") throw new Refusal(503, "The token can't be checked now: try again.", retrySoon);
  if (grant === null) throw new Refusal(401, "The token is unknown, revoked or expired.", challenge("invalid_token"));
  return grant;
};

/**
 * Returns the endpoint when the caller may use it; raises Refusal otherwise. Without a right to know, an endpoint that
 * is not there and one of another workspace look alike.
 */
export const admitToEndpoint = async (exchange: Exchange, table: RoutingTable | undefined, key: string, tokens: TokenCache): Promise<Endpoint> => {
  if (!table) throw new Refusal(503, "The gateway has no routes yet: try again.", retrySoon);
  const endpoint = table.endpoints.get(key);
  if (endpoint?.route.isAnonymous) return endpoint;
  const grant = await askForToken(exchange, tokens);
  if (endpoint?.route.workspaceId !== grant.workspaceId) throw new Refusal(404, "There is no such endpoint for this token. Check workspace, environment and name.");
  if (!grant.mayPredict) throw new Refusal(403, "The token may not predict: it needs the scope predict, and its owner a role that may.");
  if (grant.endpointIds.length > 0 && !grant.endpointIds.includes(endpoint.route.id)) throw new Refusal(403, "The token is bound to other endpoints.");
  return endpoint;
};

/** Lets the loopback read metrics, and tokens with scope metrics:read; raises Refusal otherwise. */
export const admitToMetrics = async (exchange: Exchange, tokens: TokenCache): Promise<void> => {
  if (exchange.isLoopback) return;
  const grant = await askForToken(exchange, tokens);
  if (!grant.mayReadMetrics) throw new Refusal(403, "Metrics are for the loopback, or for a token with scope metrics:read.");
};
