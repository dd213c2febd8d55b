import { chooseArm, choosesMirror } from "@/lib/inference/data-plane";

import { answerError, Refusal } from "./answers";
import type { Exchange } from "./exchange";
import { answerHeaders, forwardedLines, renameModel, translatedLines, upstreamHead } from "./forward";
import type { CallRow, CapturedBodies } from "./log/row";
import { maxBodyBytes } from "./log/encode";
import { maxParsedBytes } from "./log/redact";
import type { Meters } from "./meters";
import { toInferenceRequest, toPredictions } from "./mlflow-scoring";
import type { Pools } from "./pools";
import { newPredictionId, type PredictionId } from "./prediction-id";
import { findRequestId } from "./request-id";
import type { UpstreamAnswer } from "./response-parser";
import type { Endpoint, Target } from "./routing-table";
import { toInferenceAnswer, toInferenceError } from "./scoring-answer";
import { ScoringError } from "./scoring-error";
import { toScoringRequest } from "./scoring-request";
import type { UpstreamFailure } from "./upstream";

/** Mirrored requests in flight at once; more are dropped and counted. */
export const maxShadows = 512;

export type Tools = { secret: string; main: Pools; shadow: Pools; meters: Meters; keepsBodies: (endpoint: Endpoint, fraction: number) => boolean; record: (row: CallRow) => void };
/** `isScoring`: the client speaks MLflow's scoring form. */
export type Asked = { exchange: Exchange; endpoint: Endpoint; body: Buffer; isScoring: boolean };

type Arm = CallRow["arm"];
type Leg = { arm: Arm; target: Target | null; request: Buffer; sentAt: number };
/** `kept`: what the log keeps of the answer, where that is not the answer itself. */
type Outcome = { status: number; error: CallRow["error"]; response: Buffer | null; kept?: Buffer; upstreamUs: number | null };

const statusOf = { connect: 502, upstream: 502, timeout: 504, busy: 503 } as const;
const microseconds = (fromMs: number): number => Math.min(2_147_483_647, Math.round((performance.now() - fromMs) * 1000));

const capture = (endpoint: Endpoint, request: Buffer, response: Buffer | null): CapturedBodies | null => {
  if (endpoint.isSensitive) return request.length > maxParsedBytes ? null : { request, response, sensitive: endpoint.route.sensitive, isTruncated: false };
  // A copy of the head, so that the rest of a large body can go.
  const cut = (body: Buffer): Buffer => (body.length > maxBodyBytes ? Buffer.from(body.subarray(0, maxBodyBytes)) : body);
  const isTruncated = request.length > maxBodyBytes || (response?.length ?? 0) > maxBodyBytes;
  return { request: cut(request), response: response && cut(response), sensitive: null, isTruncated };
};

/** One request of a client from its body to its answer, its mirrored copy, and their rows in the log. */
export class Prediction {
  private static shadowsInFlight = 0;

  private readonly atMs = Date.now();
  private readonly startedAt = performance.now();
  private readonly id: PredictionId = newPredictionId(this.atMs);
  private readonly unit: bigint;
  private readonly arm: "stable" | "candidate";
  private readonly target: Target | null;
  private readonly keepsBodies: boolean;
  private requestId: string | null | undefined;
  /** The client's own id, where its request was translated. */
  private echoedId: string | null = null;

  constructor(
    private readonly asked: Asked,
    private readonly tools: Tools,
  ) {
    const { exchange, endpoint } = asked;
    const choice = chooseArm(endpoint.route, exchange.header("x-slipway-key") ?? this.id.wire);
    this.arm = choice.arm;
    this.unit = choice.unit;
    this.target = choice.version ? (endpoint.targets.get(choice.version.versionId) ?? null) : null;
    this.keepsBodies = tools.keepsBodies(endpoint, this.id.fraction);
  }

  /** Sends the request on, and its copy after it. */
  run(): void {
    try {
      this.forward();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answerError(this.asked.exchange, error.status, error.message, this.ownHeaders);
      this.log({ arm: this.arm, target: this.target, request: this.asked.body, sentAt: performance.now() }, { status: error.status, error: null, response: null, upstreamUs: null });
    }
  }

  private forward(): void {
    const { exchange, endpoint } = this.asked;
    const { route } = endpoint;
    if (!this.target) throw new Refusal(503, (this.arm === "stable" ? route.stable : route.candidate) ? `The server of the version behind "${route.name}" has no address that may be called.` : `Endpoint "${route.name}" has no version in service: deploy one first.`);
    const { origin, predictPath, scoring } = this.target;
    const request = this.requestFor(this.target);
    const lines = scoring && !this.asked.isScoring ? translatedLines(exchange) : forwardedLines(exchange);
    const leg: Leg = { arm: this.arm, target: this.target, request, sentAt: performance.now() };
    const head = upstreamHead("POST", predictPath, origin, this.tools.secret, lines, request.length);
    let isAnswered = false;
    const call = this.tools.main.of(origin).send(
      { head, body: request, timeoutMs: route.timeoutMs },
      {
        onAnswer: (answer) => {
          isAnswered = true;
          this.answer(leg, answer);
        },
        onFailure: (failure) => {
          isAnswered = true;
          this.fail(leg, failure);
        },
      },
    );
    exchange.onAbort(() => {
      if (isAnswered) return;
      call.abort();
      this.log(leg, { status: 499, error: "aborted", response: null, upstreamUs: null });
    });
    if (choosesMirror(route, this.id.wire)) this.mirror(lines);
  }

  private get ownHeaders(): string[] {
    return ["x-slipway-prediction-id", this.id.wire, ...(this.target ? ["x-slipway-version", this.target.wireId] : [])];
  }

  /** What the version gets; raises Refusal where the client's form doesn't fit it. */
  private requestFor(target: Target): Buffer {
    if (!target.scoring) {
      if (!this.asked.isScoring) return this.asked.body;
    } else if (this.asked.isScoring) return this.asked.body;
    try {
      if (target.scoring) {
        if (this.asked.exchange.header("inference-header-content-length") !== undefined) throw new ScoringError("Binary tensors can't be translated for a scoring server: send JSON.");
        const { body, id } = toScoringRequest(this.asked.body, target.version);
        this.echoedId = id;
        return body;
      }
      return toInferenceRequest(this.asked.body, target.version.inputs);
    } catch (error) {
      if (error instanceof ScoringError) throw new Refusal(400, error.message);
      throw error;
    }
  }

  private answer(leg: Leg, answer: UpstreamAnswer): void {
    const upstreamUs = microseconds(leg.sentAt);
    const headers = answerHeaders(answer);
    headers.push(...this.ownHeaders);
    if (leg.target?.scoring) {
      this.answerScored(leg, leg.target, answer, headers, upstreamUs);
      return;
    }
    const isTranslated = this.asked.isScoring && answer.status === 200;
    const body = isTranslated ? toPredictions(answer.body) : leg.target ? renameModel(answer, leg.target) : answer.body;
    if (!body) {
      this.fail(leg, { error: "upstream", message: "the runtime's answer is not JSON" });
      return;
    }
    this.asked.exchange.respond(answer.status, headers, body);
    this.log(leg, { status: answer.status, error: null, response: answer.body, upstreamUs });
  }

  /** The answer of a scoring server: as it stands for a client of the same form, translated for the others and for the log. */
  private answerScored(leg: Leg, target: Target, answer: UpstreamAnswer, headers: string[], upstreamUs: number): void {
    const { status, body } = answer;
    const needsTranslation = !this.asked.isScoring || this.keepsBodies;
    const translated = needsTranslation ? this.translate(target, answer) : undefined;
    if (!this.asked.isScoring && !translated) {
      this.fail(leg, { error: "upstream", message: "the server's answer holds no predictions" });
      return;
    }
    this.asked.exchange.respond(status, headers, this.asked.isScoring ? body : (translated ?? body));
    this.log(leg, { status, error: null, response: body, upstreamUs, ...(translated ? { kept: translated } : {}) });
  }

  private translate(target: Target, { status, body }: UpstreamAnswer): Buffer | undefined {
    return status === 200 ? toInferenceAnswer(body, target.version, { name: this.asked.endpoint.route.name, id: this.echoedId }) : toInferenceError(body);
  }

  private fail(leg: Leg, failure: UpstreamFailure): void {
    const status = statusOf[failure.error];
    const upstreamUs = microseconds(leg.sentAt);
    const { name, timeoutMs } = this.asked.endpoint.route;
    const reasons = {
      timeout: `The model behind "${name}" did not answer within ${timeoutMs} ms.`,
      connect: `The runtime behind "${name}" can't be reached.`,
      upstream: `The runtime behind "${name}" broke off its answer.`,
      busy: `Too many calls wait for the runtime behind "${name}": try again.`,
    };
    answerError(this.asked.exchange, status, reasons[failure.error], failure.error === "busy" ? [...this.ownHeaders, "retry-after", "1"] : this.ownHeaders);
    this.log(leg, { status, error: failure.error === "busy" ? "connect" : failure.error, response: null, upstreamUs });
  }

  /** Sends the copy on its own connections; nothing of it reaches the client or waits for it. */
  private mirror(lines: string): void {
    const { endpoint } = this.asked;
    const target = endpoint.route.mirror && endpoint.targets.get(endpoint.route.mirror.versionId);
    if (!target) return;
    const request = this.copyFor(target);
    if (!request || Prediction.shadowsInFlight >= maxShadows) {
      this.tools.meters.shadowDropped.add(1);
      return;
    }
    Prediction.shadowsInFlight += 1;
    const leg: Leg = { arm: "shadow", target, request, sentAt: performance.now() };
    const head = upstreamHead("POST", target.predictPath, target.origin, this.tools.secret, `${lines}x-shadow: 1\r\n`, request.length);
    const finish = (outcome: Omit<Outcome, "upstreamUs">): void => {
      Prediction.shadowsInFlight -= 1;
      this.log(leg, { ...outcome, upstreamUs: microseconds(leg.sentAt) });
    };
    this.tools.shadow.of(target.origin).send(
      { head, body: request, timeoutMs: endpoint.route.timeoutMs },
      {
        onAnswer: (answer) => {
          const kept = target.scoring && this.keepsBodies ? this.translate(target, answer) : undefined;
          finish({ status: answer.status, error: null, response: answer.body, ...(kept ? { kept } : {}) });
        },
        onFailure: ({ error }) => finish({ status: statusOf[error], error: error === "busy" ? "connect" : error, response: null }),
      },
    );
  }

  /** The mirrored request; undefined where the client's form fits the version that answers but not this one. */
  private copyFor(target: Target): Buffer | undefined {
    try {
      return this.requestFor(target);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  /** What the log keeps of a request: always the form of Open Inference Protocol, which redaction and monitoring read. */
  private keptRequest(leg: Leg): Buffer {
    if (!leg.target?.scoring) return leg.request;
    if (!this.asked.isScoring) return this.asked.body;
    try {
      return toInferenceRequest(this.asked.body, leg.target.version.inputs, leg.target.scoring.optional);
    } catch (error) {
      // A form that has no tensors (CSV, nested columns): kept as it came.
      if (error instanceof ScoringError || error instanceof RangeError) return this.asked.body;
      throw error;
    }
  }

  private log(leg: Leg, { status, error, response, kept, upstreamUs }: Outcome): void {
    const { endpoint, body, exchange } = this.asked;
    const latencyUs = microseconds(leg.arm === "shadow" ? leg.sentAt : this.startedAt);
    this.tools.meters.observe(endpoint, leg.arm, status, latencyUs / 1e6);
    if (this.requestId === undefined) {
      const jsonBytes = Number(exchange.header("inference-header-content-length") ?? body.length);
      this.requestId = findRequestId(jsonBytes < body.length ? body.subarray(0, jsonBytes) : body);
    }
    this.tools.record({
      atMs: this.atMs,
      predictionId: this.id.bytes,
      arm: leg.arm,
      workspaceId: endpoint.workspaceBytes,
      endpointId: endpoint.idBytes,
      versionId: leg.target?.versionBytes ?? null,
      routeNumber: endpoint.route.routeNumber,
      requestId: this.requestId,
      unit: this.unit,
      status,
      error,
      latencyUs,
      upstreamUs,
      requestBytes: leg.request.length,
      responseBytes: response?.length ?? 0,
      bodies: this.keepsBodies ? capture(endpoint, this.keptRequest(leg), kept ?? response) : null,
    });
  }
}
