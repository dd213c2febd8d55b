import type { FoundRun } from "../service-run-search";
import { runInfoEntity, runLinkEntities } from "./entities";
import { member, pageReply } from "./json-text";
import type { Reply } from "./reply";

/** MLflow's JSON of a run, put together from texts. */
const runJson = (run: FoundRun): string => {
  const { inputs, outputs } = runLinkEntities(run);
  const data = [...member("metrics", run.metrics), ...member("params", run.params), ...member("tags", run.tags)].join(",");
  return `{"info":${JSON.stringify(runInfoEntity(run))},"data":{${data}},"inputs":${JSON.stringify(inputs)},"outputs":${JSON.stringify(outputs)}}`;
};

/** The answer of runs/search. */
export const runsReply = ({ runs, nextToken }: { runs: readonly FoundRun[]; nextToken: string | undefined }): Reply => pageReply("runs", runs.map(runJson), nextToken);
