import { addLoggedModelParams, createLoggedModel, deleteLoggedModel, getLoggedModel, searchLoggedModels, setLoggedModelStatus, tagLoggedModel, untagLoggedModel } from "../service-logged-models";
import { type Endpoint, get, patch, post, readPage, remove, toPage } from "./endpoint";
import { loggedModelEntity } from "./entities";
import { invalid } from "../errors";
import type { Input } from "./input";

const statuses = ["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"] as const;
const statusOf = { LOGGED_MODEL_PENDING: "PENDING", LOGGED_MODEL_READY: "READY", LOGGED_MODEL_UPLOAD_FAILED: "UPLOAD_FAILED" } as const;

const needStatus = (input: Input) => {
  const status = input.choice("status", statuses);
  if (!status) throw invalid("Missing value for required parameter 'status'. See the API docs for more information about request parameters.");
  return statusOf[status];
};

export const loggedModelEndpoints: Endpoint[] = [
  post("mlflow/logged-models", async (ctx, input) => ({
    model: loggedModelEntity(await createLoggedModel(ctx, {
      experimentId: input.need("experiment_id"),
      name: input.text("name") || undefined,
      modelType: input.plain("model_type"),
      sourceRunId: input.text("source_run_id") || undefined,
      params: input.tags("params"),
      tags: input.tags("tags"),
    })),
  })),
  post("mlflow/logged-models/search", async (ctx, input) => {
    const datasets = input.items("datasets").map((item) => ({ name: item.need("dataset_name"), digest: item.text("dataset_digest") || undefined }));
    const orderBy = input.items("order_by").map((item) => ({ field: item.need("field_name"), isAscending: item.flag("ascending", true), datasetName: item.text("dataset_name") || undefined, datasetDigest: item.text("dataset_digest") || undefined }));
    return toPage("models", await searchLoggedModels(ctx, { experimentIds: input.texts("experiment_ids"), filter: input.text("filter"), datasets, orderBy, ...readPage(input, 50, 10_000) }), loggedModelEntity);
  }),
  get("mlflow/logged-models/{model_id}", async (ctx, input) => ({ model: loggedModelEntity(await getLoggedModel(ctx, input.need("model_id"))) })),
  patch("mlflow/logged-models/{model_id}", async (ctx, input) => ({ model: loggedModelEntity(await setLoggedModelStatus(ctx, input.need("model_id"), needStatus(input))) })),
  remove("mlflow/logged-models/{model_id}", (ctx, input) => deleteLoggedModel(ctx, input.need("model_id"))),
  patch("mlflow/logged-models/{model_id}/tags", async (ctx, input) => ({ model: loggedModelEntity(await tagLoggedModel(ctx, input.need("model_id"), input.tags("tags"))) })),
  remove("mlflow/logged-models/{model_id}/tags/{key}", (ctx, input) => untagLoggedModel(ctx, input.need("model_id"), input.need("key"))),
  post("mlflow/logged-models/{model_id}/params", (ctx, input) => addLoggedModelParams(ctx, input.need("model_id"), input.tags("params"))),
];
