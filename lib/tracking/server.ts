export { handleMlflow, serverInfo } from "./mlflow/dispatch";
export { getRun } from "./service-runs";
