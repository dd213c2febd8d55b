"use client";

import { useQuery } from "@tanstack/react-query";
import { PageColumns, PageHeader } from "@/components/patterns/page-header";
import { pollWhile } from "@/components/patterns/polling";
import { Page } from "@/components/shell/page";
import { Status } from "@/components/ui/chip";
import { Digest } from "@/components/ui/digest";
import { formatMs } from "@/components/ui/format";
import { TextLink } from "@/components/ui/link";
import { Panel, PanelBody, PanelHeader } from "@/components/ui/panel";
import { Time } from "@/components/ui/time";
import { callStatusView, outcomeText, type PredictionCall, type PredictionView } from "@/lib/inference";
import { ArmMark } from "./arm-mark";
import { CallPanel, LabelPanel, RoutePanel } from "./prediction-rail";
import { fetchPrediction, inferenceKeys } from "./queries";
import { StoredBody } from "./tensor-view";

const nameOf = (call: PredictionCall): string => (call.versionNumber === null ? "no version" : `v${call.versionNumber}`);

function BodyPanel({ title, call, part }: { title: string; call: PredictionCall; part: "request" | "response" }) {
  return (
    <Panel aria-label={title}>
      <PanelHeader title={title}>
        {part === "response" && <ArmMark arm={call.arm} />}
        {part === "response" && <Status status={callStatusView(call)} />}
      </PanelHeader>
      <PanelBody>
        <StoredBody body={call[part]} list={part === "request" ? "inputs" : "outputs"} label={part === "request" ? "request" : "answer"} note={call.bodyNote} isTruncated={call.isTruncated} isRedacted={call.isRedacted} />
      </PanelBody>
    </Panel>
  );
}

/** One prediction: what was asked, what each version answered, and under which route. */
export function PredictionScreen({ workspace, prediction: initial }: { workspace: string; prediction: PredictionView }) {
  // A label may still arrive.
  const { data: prediction } = useQuery({
    queryKey: inferenceKeys.prediction(workspace, initial.id),
    queryFn: ({ signal }) => fetchPrediction(workspace, initial.id, signal),
    initialData: initial,
    ...pollWhile(initial.label === null, 10_000),
  });
  const { endpoint } = prediction;
  const [main, ...mirrored] = prediction.calls;
  const endpointHref = `/w/${encodeURIComponent(workspace)}/endpoints/${endpoint.id}`;
  const query = `?env=${encodeURIComponent(endpoint.environment)}`;
  if (!main) return null;
  return (
    <Page crumbs={[{ label: "Endpoints", href: `/w/${encodeURIComponent(workspace)}/endpoints${query}` }, { label: endpoint.name, href: `${endpointHref}${query}` }, { label: "Prediction" }]}>
      <PageHeader
        title={outcomeText(endpoint.name, main.arm === "shadow" ? undefined : main)}
        status={<Status status={callStatusView(main)} />}
        meta={[
          { label: "Prediction", value: <Digest value={prediction.id} label="prediction id" /> },
          { label: "At", value: <Time value={prediction.at} format="absolute" /> },
          { label: "Endpoint", value: endpoint.isDeleted ? `${endpoint.name}, deleted` : <TextLink href={`${endpointHref}${query}`}>{endpoint.name}</TextLink> },
          { label: "Environment", value: endpoint.environment },
          { label: "Latency", value: formatMs(main.latencyMs) },
        ]}
      />
      <PageColumns
        rail={
          <>
            <CallPanel workspace={workspace} prediction={prediction} call={main} title="The call" />
            <RoutePanel workspace={workspace} prediction={prediction} />
            <LabelPanel prediction={prediction} />
            {mirrored.map((call) => <CallPanel key={call.arm} workspace={workspace} prediction={prediction} call={call} title="The mirrored call" />)}
          </>
        }
      >
        <BodyPanel title="Request" call={main} part="request" />
        <BodyPanel title={`Answer of ${nameOf(main)}`} call={main} part="response" />
        {mirrored.map((call) => <BodyPanel key={call.arm} title={`Answer of ${nameOf(call)}, which the client did not get`} call={call} part="response" />)}
      </PageColumns>
    </Page>
  );
}
