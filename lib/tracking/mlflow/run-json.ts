import type { FoundRun } from "../service-run-search";
import { runInfoEntity, runLinkEntities } from "./entities";
import { Reply } from "./reply";

const member = (name: string, list: string): string[] => (list === "[]" ? [] : [`"${name}":${list}`]);

/** MLflow's JSON of a run, put together from texts. */
const runJson = (run: FoundRun): string => {
  const { inputs, outputs } = runLinkEntities(run);
  const data = [...member("metrics", run.metrics), ...member("params", run.params), ...member("tags", run.tags)].join(",");
  return `{"info":${JSON.stringify(runInfoEntity(run))},"data":{${data}},"inputs":${JSON.stringify(inputs)},"outputs":${JSON.stringify(outputs)}}`;
};

/** The answer of runs/search. */
export const runsReply = ({ runs, nextToken }: { runs: readonly FoundRun[]; nextToken: string | undefined }): Reply => {
  const members = [...member("runs", `[${runs.map(runJson).join(",")}]`), ...(nextToken === undefined ? [] : [`"next_page_token":"${nextToken}"`])];
  return new Reply(200, { "content-type": "application/json" }, `{${members.join(",")}}`);
};
