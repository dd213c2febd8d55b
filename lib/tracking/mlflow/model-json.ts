import { listPairs } from "@/lib/core/json";
import type { ClientModel, Found } from "@/lib/registry/server";

import { versionEntity } from "./entities";
import { Reply } from "./reply";

const member = (name: string, list: string): string => (list === "[]" ? "" : `,"${name}":${list}`);

/** MLflow's JSON of a registered model, put together from texts. */
const modelJson = ({ name, description, createdBy, createdMs, updatedMs, tags, aliases, newestPerStage }: ClientModel): string =>
  `{"name":${JSON.stringify(name)},"creation_timestamp":${createdMs},"last_updated_timestamp":${updatedMs},"user_id":${JSON.stringify(createdBy)},"description":${JSON.stringify(description ?? "")}${
    member("latest_versions", JSON.stringify(newestPerStage.map((version) => versionEntity(version, { withAliases: false }))))}${member("tags", listPairs(tags))}${member("aliases", aliases)}}`;

const reply = (body: string): Reply => new Reply(200, { "content-type": "application/json" }, body);

export const modelReply = (model: ClientModel): Reply => reply(`{"registered_model":${modelJson(model)}}`);

/** The answer of registered-models/search. */
export const modelsReply = ({ rows, nextToken }: Found<ClientModel>): Reply =>
  reply(`{${[...(rows.length > 0 ? [`"registered_models":[${rows.map(modelJson).join(",")}]`] : []), ...(nextToken === undefined ? [] : [`"next_page_token":"${nextToken}"`])].join(",")}}`);
