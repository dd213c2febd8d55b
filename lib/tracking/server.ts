export { answerMlflow } from "./mlflow/door";
export { compareRuns, listRunImages } from "./service-compare";
export { getMetricSeries, listMetricNames } from "./service-series";
export { deleteSavedView, listSavedViews, saveView } from "./service-views";
