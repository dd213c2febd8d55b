export { answerMlflow } from "./mlflow/door";
