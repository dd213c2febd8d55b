import { listPairs } from "@/lib/core/json";
import type { ClientModel, Found } from "@/lib/registry/server";

import { versionEntity } from "./entities";
import { member, pageReply, textReply } from "./json-text";
import type { Reply } from "./reply";

/** MLflow's JSON of a registered model, put together from texts. */
const modelJson = ({ name, description, createdBy, createdMs, updatedMs, tags, aliases, newestPerStage }: ClientModel): string => {
  const newest = JSON.stringify(newestPerStage.map((version) => versionEntity(version, { withAliases: false })));
  const own = `"name":${JSON.stringify(name)},"creation_timestamp":${createdMs},"last_updated_timestamp":${updatedMs},"user_id":${JSON.stringify(createdBy)},"description":${JSON.stringify(description ?? "")}`;
  return `{${[own, ...member("latest_versions", newest), ...member("tags", listPairs(tags)), ...member("aliases", aliases)].join(",")}}`;
};

export const modelReply = (model: ClientModel): Reply => textReply([`"registered_model":${modelJson(model)}`]);

/** The answer of registered-models/search. */
export const modelsReply = ({ rows, nextToken }: Found<ClientModel>): Reply => pageReply("registered_models", rows.map(modelJson), nextToken);
