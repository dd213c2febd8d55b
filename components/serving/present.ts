import type { TrafficBarProps } from "@/components/patterns/traffic-bar";
import type { StatusView } from "@/components/ui/tone";
import type { EndpointView, RouteView } from "@/lib/serving";

/** What a kind of runtime is called on screens. */
export const kindWord = (kind: string): string => (kind === "onnx" ? "Bundled ONNX runtime" : kind === "mlflow" ? "MLflow scoring server" : kind);

/** What the runtime says of a version that an endpoint serves. */
export const readinessView = (readiness: string | null): StatusView => {
  switch (readiness) {
    case "READY":
      return { word: "Ready", tone: "ok", icon: "okc", bare: true };
    case "LOADING":
      return { word: "Loading", tone: "info", icon: "spin" };
    case "UNAVAILABLE":
      return { word: "Unavailable", tone: "crit", icon: "octa" };
    default:
      return { word: "Not probed yet", tone: "idle", icon: "dash" };
  }
};

export const hasCandidate = ({ route }: Pick<EndpointView, "route">): boolean => route !== null && route.candidate !== null && route.candidateWeightBp > 0;

/** Whether some live gateway lags behind the route, or none is there to apply it. */
export const isLagging = ({ route, appliedBy }: EndpointView): boolean => route !== null && (appliedBy.live === 0 || appliedBy.applied < appliedBy.live);

/** One chip for the whole endpoint, the worst first. */
export const endpointStatusView = (endpoint: EndpointView): StatusView => {
  if (endpoint.stable === null && endpoint.route === null) return { word: "No version yet", tone: "idle", icon: "dash" };
  if (endpoint.stable?.readiness === "UNAVAILABLE") return readinessView("UNAVAILABLE");
  if (endpoint.appliedBy.live === 0) return { word: "No gateway", tone: "crit", icon: "octa" };
  if (isLagging(endpoint)) return { word: "Route not applied yet", tone: "warn", icon: "clock" };
  if (hasCandidate(endpoint)) return { word: `Canary ${(endpoint.route?.candidateWeightBp ?? 0) / 100} %`, tone: "info", icon: "ramp" };
  return endpoint.stable ? readinessView(endpoint.stable.readiness) : { word: "No version yet", tone: "idle", icon: "dash" };
};

export const needsAttention = (endpoint: EndpointView): boolean => endpoint.stable?.readiness === "UNAVAILABLE" || isLagging(endpoint);

/** Arms of a route for the traffic bar. */
export const armsOf = (route: Pick<RouteView, "stable" | "candidate" | "candidateWeightBp">): TrafficBarProps["arms"] => [
  ...(route.stable === null ? [] : [{ role: "stable" as const, label: `v${route.stable} stable`, percent: 100 - route.candidateWeightBp / 100 }]),
  ...(route.candidate === null || route.candidateWeightBp === 0 ? [] : [{ role: "canary" as const, label: `v${route.candidate} canary`, percent: route.candidateWeightBp / 100 }]),
];

/** "v14 75 %, v15 25 %" */
export const trafficText = (endpoint: Pick<EndpointView, "route" | "stable">): string => {
  const arms = endpoint.route ? armsOf(endpoint.route) : [];
  if (arms.length === 0) return endpoint.stable ? `v${endpoint.stable.number} 100 %` : "no version";
  return arms.map((arm) => `${arm.label.split(" ")[0] ?? ""} ${arm.percent} %`).join(", ");
};

export const appliedText = ({ appliedBy }: Pick<EndpointView, "appliedBy">): string => (appliedBy.live === 0 ? "no gateway is running" : `applied by ${appliedBy.applied} of ${appliedBy.live} ${appliedBy.live === 1 ? "gateway" : "gateways"}`);

const roleWords: Record<string, string> = { stable: "Stable", candidate: "Canary", shadow: "Shadow" };
export const roleWord = (role: string): string => roleWords[role] ?? role;
