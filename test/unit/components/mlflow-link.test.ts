import { expect, test } from "vitest";

import { pageOfMlflowLink } from "@/components/shell/mlflow-link";

const run = "0123456789abcdef0123456789abcdef";

test.each([
  [`#/experiments/1/runs/${run}`, `/w/default/experiments/1/runs/${run}`],
  [`#/experiments/12/runs/${run}/artifacts`, `/w/default/experiments/12/runs/${run}`],
  [`#/experiments/3?workspace=risk%20team`, "/w/risk%20team/experiments/3"],
  [`#/experiments/3/runs/${run}?workspace=risk`, `/w/risk/experiments/3/runs/${run}`],
  ["#/experiments/3/overview", "/w/default/experiments/3"],
  ["#/experiments", "/w/default/experiments"],
  ["#/models/credit%20risk/versions/4", "/w/default/models/credit%20risk/4"],
  ["#/models/digits", "/w/default/models/digits"],
])("%s is the page %s", (hash, page) => expect(pageOfMlflowLink(hash)).toBe(page));

test.each(["", "#", "#main", "#/", "#/experiments/abc", "#/experiments/1x", "#//evil.example/experiments/1", "#/prompts/x"])("%s is no link of MLflow's", (hash) => expect(pageOfMlflowLink(hash)).toBeUndefined());
