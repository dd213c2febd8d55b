"""Traces, spans and assessments by the unmodified MLflow 3 client: what is written is read again, field by field."""

import json
import threading
import urllib.request
import os

import mlflow
from mlflow.entities import AssessmentSource, Expectation, Feedback, SpanType
from mlflow.tracing.client import TracingClient

from support import SUFFIX, client, raises, run_steps

state = {}
tracing = TracingClient()


def setup():
    state["experiment"] = mlflow.set_experiment(f"traces {SUFFIX}").experiment_id


@mlflow.trace(span_type=SpanType.TOOL, attributes={"depth": 2, "weights": [0.5, float("inf")], "ünï": {"a": [1, None, "x"]}})
def look_up(key):
    return {"found": key, "nested": [1, 2.5, True, None]}


@mlflow.trace(name="answer", span_type=SpanType.CHAIN)
def answer(question, user="anna"):
    with mlflow.start_span(name="think", span_type=SpanType.LLM) as span:
        span.set_inputs({"question": question})
        span.set_outputs({"thought": "hm"})
        span.add_event(mlflow.entities.SpanEvent("token", attributes={"n": 1}))
    mlflow.update_current_trace(tags={"team": "risk"}, metadata={"mlflow.trace.session": "s-1"}, client_request_id="req-1")
    return look_up(question)["found"]


def last_trace():
    mlflow.flush_trace_async_logging()
    return mlflow.get_last_active_trace_id()


def write_and_read():
    assert answer("why?") == "why?"
    trace_id = last_trace()
    state["trace"] = trace_id
    trace = mlflow.get_trace(trace_id)
    info = trace.info
    assert info.experiment_id == state["experiment"] and info.state.value == "OK" and info.client_request_id == "req-1"
    assert info.tags["team"] == "risk" and info.tags["mlflow.traceName"] == "answer" and info.trace_metadata["mlflow.trace.session"] == "s-1"
    assert info.tags["mlflow.trace.spansLocation"] == "TRACKING_STORE", "spans did not come by OTLP"
    assert info.request_time > 1_600_000_000_000 and info.execution_duration >= 0
    assert json.loads(info.request_preview) == {"question": "why?", "user": "anna"} and info.response_preview == '"why?"', info
    spans = {span.name: span for span in trace.data.spans}
    assert set(spans) == {"answer", "think", "look_up"} and trace.data.spans[0].name == "answer"
    root, think, tool = spans["answer"], spans["think"], spans["look_up"]
    assert root.parent_id is None and think.parent_id == root.span_id and tool.parent_id == root.span_id
    assert root.span_type == "CHAIN" and think.span_type == "LLM" and tool.span_type == "TOOL"
    assert root.inputs == {"question": "why?", "user": "anna"} and root.outputs == "why?"
    assert tool.outputs == {"found": "why?", "nested": [1, 2.5, True, None]} and tool.attributes["depth"] == 2
    assert tool.attributes["weights"] == [0.5, float("inf")] and tool.attributes["ünï"] == {"a": [1, None, "x"]}, tool.attributes
    assert think.events[0].name == "token" and think.events[0].attributes["n"] == 1
    assert think.start_time_ns >= root.start_time_ns and think.end_time_ns <= root.end_time_ns
    assert root.status.status_code.value == "OK" and root.trace_id == trace_id
    assert client.get_trace(trace_id).data.spans[0].span_id == root.span_id


def errors():
    @mlflow.trace
    def fails():
        raise ValueError("no luck")

    try:
        fails()
    except ValueError:
        pass
    trace = mlflow.get_trace(last_trace())
    assert trace.info.state.value == "ERROR"
    span = trace.data.spans[0]
    assert span.status.status_code.value == "ERROR" and "no luck" in span.status.description
    assert span.events[0].name == "exception" and span.events[0].attributes["exception.message"] == "no luck"
    assert mlflow.get_trace("tr-" + "0" * 32) is None
    raises("RESOURCE_DOES_NOT_EXIST", lambda: tracing.get_trace_info("tr-" + "0" * 32))


def search():
    with mlflow.start_run() as run:
        for index in range(5):
            answer(f"q{index}")
    mlflow.flush_trace_async_logging()
    find = lambda text=None, **more: [trace.info.trace_id for trace in mlflow.search_traces(locations=[state["experiment"]], filter_string=text, return_type="list", **more)]
    every = find()
    assert len(every) == 7 and len(set(every)) == 7
    times = [trace.info.request_time for trace in mlflow.search_traces(locations=[state["experiment"]], return_type="list")]
    assert times == sorted(times, reverse=True)
    assert find(order_by=["timestamp ASC"])[0] == state["trace"]
    assert len(find("attributes.name = 'answer'")) == 6 and len(find("trace.status = 'ERROR'")) == 1
    assert len(find("tag.team = 'risk' AND metadata.`mlflow.trace.session` = 's-1'")) == 6
    assert len(find("attributes.timestamp_ms > 0 AND attributes.execution_time_ms >= 0")) == 7
    assert len(find(f"attributes.run_id = '{run.info.run_id}'")) == 5 and len(find(run_id=run.info.run_id)) == 5
    assert len(find("span.type = 'LLM' AND span.name = 'think'")) == 6 and find("span.type = 'LLM' AND span.name = 'answer'") == []
    assert len(find("span.attributes.depth = '2'")) == 6 and len(find("trace.text LIKE '%no luck%'")) == 1
    assert len(find("tag.team IS NULL")) == 1
    assert len(find("trace.client_request_id = 'req-1'")) == 6
    frame = mlflow.search_traces(locations=[state["experiment"]], filter_string="trace.status = 'ERROR'")
    assert len(frame) == 1 and frame.iloc[0]["state"] == "ERROR"
    pages, token = [], None
    while True:
        page = client.search_traces(locations=[state["experiment"]], max_results=3, page_token=token)
        pages.append([trace.info.trace_id for trace in page])
        token = page.token
        if not token:
            break
    assert [len(page) for page in pages] == [3, 3, 1] and sum(pages, []) == every
    message = raises("INVALID_PARAMETER_VALUE", lambda: client.search_traces(locations=[state["experiment"]], max_results=501))
    assert "500" in message
    raises("INVALID_PARAMETER_VALUE", lambda: find("nonsense = 1"))
    assert [trace.data.spans for trace in client.search_traces(locations=[state["experiment"]], max_results=2, include_spans=False)] == [[], []]


def tags():
    trace_id = state["trace"]
    client.set_trace_tag(trace_id, "colour", "green/✓")
    assert tracing.get_trace_info(trace_id).tags["colour"] == "green/✓"
    client.delete_trace_tag(trace_id, "colour")
    assert "colour" not in tracing.get_trace_info(trace_id).tags
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.delete_trace_tag(trace_id, "colour"))
    raises("RESOURCE_DOES_NOT_EXIST", lambda: client.set_trace_tag("tr-none", "a", "b"))


def assessments():
    trace_id = state["trace"]
    human = AssessmentSource(source_type="HUMAN", source_id="anna@example.org")
    judge = AssessmentSource(source_type="LLM_JUDGE", source_id="judge-1")
    first = mlflow.log_feedback(trace_id=trace_id, name="correct", value=True, source=human, rationale="it is", metadata={"k": "v"})
    assert first.assessment_id and first.value is True
    mlflow.log_feedback(trace_id=trace_id, name="score", value=0.75, source=judge)
    mlflow.log_feedback(trace_id=trace_id, name="broken", error=ValueError("timeout"), source=judge)
    expected = mlflow.log_expectation(trace_id=trace_id, name="answer", value={"text": "because", "facts": [1, 2]}, source=human)
    read = mlflow.get_assessment(trace_id, expected.assessment_id)
    assert isinstance(read, Expectation) and read.value == {"text": "because", "facts": [1, 2]} and read.source == human
    changed = mlflow.update_assessment(trace_id=trace_id, assessment_id=first.assessment_id, assessment=Feedback(name="correct", value=False, rationale="it is not", metadata={"more": "1"}))
    assert changed.value is False and changed.rationale == "it is not" and changed.metadata["k"] == "v" and changed.metadata["more"] == "1"
    assert changed.source == human and changed.create_time_ms == first.create_time_ms and changed.last_update_time_ms >= first.create_time_ms
    over = mlflow.override_feedback(trace_id=trace_id, assessment_id=first.assessment_id, value=True, rationale="after all", source=human)
    assert over.overrides == first.assessment_id and mlflow.get_assessment(trace_id, first.assessment_id).valid is False
    of_trace = {item.assessment_id: item for item in mlflow.get_trace(trace_id).info.assessments}
    assert len(of_trace) == 5 and of_trace[over.assessment_id].value is True and of_trace[over.assessment_id].valid
    assert {item.name for item in of_trace.values()} == {"correct", "score", "broken", "answer"}
    assert next(item for item in of_trace.values() if item.name == "broken").error.error_message == "timeout"
    find = lambda text: [trace.info.trace_id for trace in client.search_traces(locations=[state["experiment"]], filter_string=text)]
    assert find("feedback.correct = 'true'") == [trace_id] and find("feedback.score > 0.7") == [trace_id] and find("feedback.score > 0.8") == []
    mlflow.delete_assessment(trace_id=trace_id, assessment_id=over.assessment_id)
    assert mlflow.get_assessment(trace_id, first.assessment_id).valid is True
    raises("RESOURCE_DOES_NOT_EXIST", lambda: mlflow.get_assessment(trace_id, over.assessment_id))
    raises("RESOURCE_DOES_NOT_EXIST", lambda: mlflow.log_feedback(trace_id="tr-none", name="x", value=1))


def links():
    run = client.create_run(state["experiment"]).info.run_id
    client.link_traces_to_run([state["trace"]], run)
    client.link_traces_to_run([state["trace"]], run)
    assert [trace.info.trace_id for trace in client.search_traces(locations=[state["experiment"]], filter_string=f"attributes.run_id = '{run}'")] == [state["trace"]]
    raises("INVALID_PARAMETER_VALUE", lambda: client.link_traces_to_run([f"tr-{index}" for index in range(101)], run))
    prompt = mlflow.genai.register_prompt(name=f"greeting-{SUFFIX}", template="Hello {{name}}")
    client.link_prompt_versions_to_trace([prompt], state["trace"])
    mlflow.flush_trace_async_logging()
    assert [trace.info.trace_id for trace in client.search_traces(locations=[state["experiment"]], filter_string=f"prompt = 'greeting-{SUFFIX}/1'")] == [state["trace"]]


def threads():
    """Children of other threads and a hundred spans: all of them arrive in one trace."""
    with mlflow.start_span(name="root") as root:
        for index in range(100):
            with mlflow.start_span(name=f"child-{index}"):
                pass
        late = mlflow.start_span_no_context(name="late", parent_span=root)
        thread = threading.Thread(target=late.end)
        thread.start()
        thread.join()
    trace = mlflow.get_trace(last_trace())
    assert len(trace.data.spans) == 102 and {span.name for span in trace.data.spans} >= {"root", "late", "child-99"}


def files():
    """Attachments of a trace go through the artifact proxy."""
    info = tracing.get_trace_info(state["trace"])
    assert info.tags["mlflow.artifactLocation"] == f"mlflow-artifacts:/{state['experiment']}/traces/{state['trace']}/artifacts"


def exporters():
    """Any OpenTelemetry exporter may send spans; MLflow's client reads them."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.exporter.otlp.proto.http import Compression

    url = os.environ["MLFLOW_TRACKING_URI"]
    headers = {"x-mlflow-experiment-id": state["experiment"], "authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}"}
    provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=f"{url}/v1/traces", headers=headers, compression=Compression.Gzip)))
    tracer = provider.get_tracer("shop")
    with tracer.start_as_current_span("checkout", attributes={"user.id": "u-7", "input.value": "two apples", "count": 2}) as span:
        with tracer.start_as_current_span("pay", attributes={"amounts": (1.5, 2.5), "ok": True}):
            pass
        trace_id = f"tr-{span.get_span_context().trace_id:032x}"
    provider.shutdown()
    trace = mlflow.get_trace(trace_id)
    assert trace.info.tags["service.name"] == "shop" and trace.info.tags["mlflow.traceName"] == "checkout"
    assert trace.info.state.value == "OK" and trace.info.request_preview == "two apples" and trace.info.trace_metadata["mlflow.trace.user"] == "u-7"
    assert [span.name for span in trace.data.spans] == ["checkout", "pay"]
    assert list(trace.data.spans[1].attributes["amounts"]) == [1.5, 2.5] and trace.data.spans[0].attributes["count"] == 2
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "by json", "kind": 1, "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000001500000000", "attributes": [{"key": "n", "value": {"intValue": "7"}}], "status": {"code": 2, "message": "bad"}}]}]}]}).encode()
    request = urllib.request.Request(f"{url}/v1/traces", data=body, headers={**headers, "content-type": "application/json"})
    with urllib.request.urlopen(request) as reply:
        assert reply.status == 200
    trace = mlflow.get_trace("tr-0af7651916cd43dd8448eb211c80319c")
    assert trace.info.state.value == "ERROR" and trace.info.execution_duration == 1500 and trace.data.spans[0].attributes["n"] == 7


def judging():
    """mlflow.genai.evaluate with scorers of one's own: a run of its own, traces linked to it, feedback and expectations on each."""
    from mlflow.genai.scorers import scorer

    @scorer
    def exact(inputs, outputs, expectations):
        return outputs == expectations["answer"]

    @scorer
    def length(outputs):
        return Feedback(value=len(outputs), rationale="counted")

    data = [{"inputs": {"question": "why"}, "expectations": {"answer": "WHY"}}, {"inputs": {"question": "how"}, "expectations": {"answer": "no"}}]
    result = mlflow.genai.evaluate(data=data, predict_fn=lambda question: question.upper(), scorers=[exact, length])
    assert result.metrics["exact/mean"] == 0.5 and client.get_run(result.run_id).data.metrics["length/mean"] == 3
    judged = {trace.data.spans[0].inputs["question"]: {item.name: item.value for item in trace.info.assessments} for trace in mlflow.search_traces(run_id=result.run_id, return_type="list")}
    assert judged == {"why": {"exact": True, "length": 3, "answer": "WHY"}, "how": {"exact": False, "length": 3, "answer": "no"}}, judged


def deletion():
    every = client.search_traces(locations=[state["experiment"]], max_results=100, include_spans=False)
    newest = every[0].info
    assert client.delete_traces(state["experiment"], trace_ids=[newest.trace_id, "tr-none"]) == 1
    raises("RESOURCE_DOES_NOT_EXIST", lambda: tracing.get_trace_info(newest.trace_id))
    oldest = min(every, key=lambda trace: trace.info.request_time).info
    assert client.delete_traces(state["experiment"], max_timestamp_millis=newest.request_time, max_traces=1) == 1
    raises("RESOURCE_DOES_NOT_EXIST", lambda: tracing.get_trace_info(oldest.trace_id))
    rest = len(every) - 2
    assert client.delete_traces(state["experiment"], max_timestamp_millis=newest.request_time) == rest
    assert list(client.search_traces(locations=[state["experiment"]])) == []


if __name__ == "__main__":
    run_steps([setup, write_and_read, errors, search, tags, assessments, links, threads, files, exporters, judging, deletion])
