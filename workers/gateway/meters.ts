import type { CallRow } from "./log/row";
import type { Counter, Histogram, Metrics } from "./metrics";
import type { Endpoint } from "./routing-table";

type ArmMeters = { latency: Histogram; byStatus: Map<number, Counter> };

/** The gateway's own figures: by endpoint, arm and status, and what it dropped or refused. */
export class Meters {
  private readonly byEndpoint = new Map<string, Map<CallRow["arm"], ArmMeters>>();
  readonly shadowDropped: Counter;

  constructor(private readonly metrics: Metrics) {
    this.shadowDropped = metrics.counter("slipway_gateway_shadow_dropped_total", "Mirrored requests dropped: too many in flight, or in a form that the mirrored version does not take.");
  }

  observe(endpoint: Endpoint, arm: CallRow["arm"], status: number, seconds: number): void {
    const meters = this.metersOf(endpoint, arm);
    meters.latency.observe(seconds);
    let counter = meters.byStatus.get(status);
    if (!counter) {
      counter = this.metrics.counter("slipway_gateway_requests_total", "Requests sent to a model.", { ...labelsOf(endpoint, arm), status: String(status) });
      meters.byStatus.set(status, counter);
    }
    counter.add(1);
  }

  /** A request that reached no model. */
  refused(status: number): void {
    this.metrics.counter("slipway_gateway_refused_total", "Requests that reached no model, by the status of the answer.", { status: String(status) }).add(1);
  }

  private metersOf(endpoint: Endpoint, arm: CallRow["arm"]): ArmMeters {
    const arms = this.byEndpoint.get(endpoint.key) ?? new Map<CallRow["arm"], ArmMeters>();
    this.byEndpoint.set(endpoint.key, arms);
    const known = arms.get(arm);
    if (known) return known;
    const latency = this.metrics.histogram("slipway_gateway_latency_seconds", "Time from the last byte of a request to its answer.", labelsOf(endpoint, arm));
    const meters = { latency, byStatus: new Map<number, Counter>() };
    arms.set(arm, meters);
    return meters;
  }
}

const labelsOf = ({ route }: Endpoint, arm: string): Record<string, string> => ({ workspace: route.workspace, environment: route.environment, endpoint: route.name, arm });
