export * from "./operations";
export { incidentStatuses, type IncidentStatus } from "./machine";
export {
  type DriftView,
  type EndpointHead,
  type FeatureView,
  type FleetItem,
  type HealthPoint,
  type HealthView,
  type IncidentPage,
  type IncidentView,
  type MonitorCreate,
  type MonitorKind,
  monitorKinds,
  type MonitorStatus,
  type MonitorView,
  type PerformanceView,
  type ReferenceView,
  type ResultView,
} from "./schema";
export { clearWords, incidentStatusView, kindWords, limitWords, monitorStatusView, type StatusWords } from "./words";
