import { mlflowError } from "../errors";
import type { Endpoint } from "./endpoint";

const absent = (path: string, what: string): Endpoint => ({
  methods: ["GET", "POST", "PATCH", "DELETE"],
  path,
  major: 3,
  body: "raw",
  handle: (_, __, { method, path: address }) => Promise.reject(mlflowError("not_found", "ENDPOINT_NOT_FOUND", `Slipway has no ${method} ${address}: ${what}`)),
});

/** Parts of MLflow that Slipway does not offer, each with what serves instead; clients fall back or show the sentence. */
export const absentEndpoints: Endpoint[] = [
  absent("mlflow/datasets/{rest*}", "it keeps no evaluation datasets of GenAI. Log the data as a run's input or artifact."),
  absent("mlflow/scorers/{rest*}", "it keeps no scorers. Pass them to mlflow.genai.evaluate, whose results are kept as a run with judged traces."),
  absent("/graphql", "it has no GraphQL. The console's API is described at /api/openapi.json."),
];
