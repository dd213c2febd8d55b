import type { FullTrace } from "../service-spans";
import type { TraceInfo } from "../service-traces";
import type { AssessmentRow } from "../store-assessments";
import type { Texts, TraceRow } from "../store-traces";
import { compact } from "./output";

const duration = (milliseconds: number): string => {
  const sign = milliseconds < 0 ? "-" : "";
  const absolute = Math.abs(milliseconds);
  const rest = absolute % 1_000;
  return `${sign}${Math.floor(absolute / 1_000)}${rest === 0 ? "" : `.${String(rest).padStart(3, "0")}`}s`;
};

export const assessmentEntity = (row: AssessmentRow) =>
  compact({
    assessment_id: row.assessmentId,
    assessment_name: row.name,
    trace_id: row.traceId,
    span_id: row.spanId,
    source: { source_type: row.sourceType, source_id: row.sourceId },
    create_time: row.createdAt.toISOString(),
    last_update_time: row.updatedAt.toISOString(),
    [row.kind]: row.value,
    rationale: row.rationale,
    metadata: row.metadata,
    overrides: row.overrides,
    valid: row.isValid,
  });

/** TraceInfoV3: times as RFC 3339, durations as seconds with an s. */
export const traceInfoEntity = (trace: TraceInfo) =>
  compact({
    trace_id: trace.traceId,
    client_request_id: trace.clientRequestId,
    trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: String(trace.experimentNumber) } },
    request_preview: trace.requestPreview,
    response_preview: trace.responsePreview,
    request_time: new Date(trace.requestTime).toISOString(),
    execution_duration: trace.durationMs === null ? undefined : duration(trace.durationMs),
    state: trace.state,
    trace_metadata: trace.metadata,
    tags: trace.tags,
    assessments: trace.assessments.map(assessmentEntity),
  });

export const traceEntity = ({ info, spans }: FullTrace) => compact({ trace_info: traceInfoEntity(info), spans });

const list = (texts: Texts) => Object.entries(texts).map(([key, value]) => ({ key, value }));

/** TraceInfo before version 3: times in milliseconds, tags and metadata as lists. */
export const oldTraceInfoEntity = (trace: TraceRow) =>
  compact({
    request_id: trace.traceId,
    experiment_id: String(trace.experimentNumber),
    timestamp_ms: trace.requestTime,
    execution_time_ms: trace.durationMs ?? 0,
    status: trace.state === "STATE_UNSPECIFIED" ? "TRACE_STATUS_UNSPECIFIED" : trace.state,
    request_metadata: list(trace.metadata),
    tags: list(trace.tags),
  });
