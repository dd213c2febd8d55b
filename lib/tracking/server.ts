export { handleMlflow, serverInfo } from "./mlflow/dispatch";
