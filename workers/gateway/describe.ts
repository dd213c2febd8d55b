import { answerError, answerJson, Refusal } from "./answers";
import type { Exchange } from "./exchange";
import { upstreamHead } from "./forward";
import type { Tools } from "./predict";
import type { Endpoint, Target } from "./routing-table";

const probeMs = 5_000;
const noBody = Buffer.alloc(0);

const stableTarget = ({ route, targets }: Endpoint): Target | undefined => (route.stable ? targets.get(route.stable.versionId) : undefined);

/** Asks the runtime whether the version that answers now is ready. */
export const answerReady = (exchange: Exchange, endpoint: Endpoint, { main, secret }: Tools): void => {
  const { name, timeoutMs } = endpoint.route;
  const target = stableTarget(endpoint);
  const answer = (isReady: boolean): void => answerJson(exchange, isReady ? 200 : 503, { name, ready: isReady }, target ? ["x-slipway-version", target.wireId] : []);
  if (!target) {
    answer(false);
    return;
  }
  const head = upstreamHead("GET", target.readyPath, target.origin, secret, "", 0);
  main.of(target.origin).send({ head, body: noBody, timeoutMs: Math.min(probeMs, timeoutMs) }, { onAnswer: ({ status }) => answer(status === 200), onFailure: () => answer(false) });
};

/** Passes on what the runtime says of the version that answers now, under the endpoint's name. */
export const answerMetadata = (exchange: Exchange, endpoint: Endpoint, { main, secret }: Tools): void => {
  const { name, timeoutMs } = endpoint.route;
  const target = stableTarget(endpoint);
  if (!target) throw new Refusal(404, `Endpoint "${name}" has no version in service yet.`);
  if (target.metadataPath === null) {
    // A scoring server tells nothing of its model: what the version's signature says is told instead.
    const { inputs, scoring } = target.version;
    answerJson(exchange, 200, { name, versions: [], platform: "mlflow", inputs, outputs: scoring?.outputs ?? [] }, ["x-slipway-version", target.wireId]);
    return;
  }
  const head = upstreamHead("GET", target.metadataPath, target.origin, secret, "", 0);
  main.of(target.origin).send(
    { head, body: noBody, timeoutMs: Math.min(probeMs, timeoutMs) },
    {
      onAnswer: ({ status, body }) => {
        const text = body.toString("utf8").replaceAll(JSON.stringify(target.wireId), JSON.stringify(name));
        exchange.respond(status, ["content-type", "application/json", "x-slipway-version", target.wireId], text);
      },
      onFailure: ({ error }) => answerError(exchange, error === "timeout" ? 504 : 502, `The runtime behind "${name}" does not answer.`),
    },
  );
};
