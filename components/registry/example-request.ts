import type { Version } from "@/lib/registry";

const maxShown = 2_000;

/** A request over lines, as it is written; of a long one the beginning. */
export const indent = (body: string): string => {
  if (body.length > maxShown) return `${body.slice(0, maxShown)}…`;
  // A row is one line: a data frame reads as a table.
  return body.replaceAll(/("(?:columns|data|inputs|instances|params|dataframe_records)":)/g, "\n  $1 ").replaceAll("],[", "],\n    [").replaceAll("},{", "},\n    {");
};

const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A call with the model's own example: of the endpoint where it serves, else of a scoring server on this machine. */
export const exampleCurl = (workspace: string, { deployments }: Pick<Version, "deployments">, body: string, gatewayUrl: string): string => {
  const place = deployments.find(({ role }) => role === "stable" || role === "candidate");
  const url = place ? `${gatewayUrl}/w/${encodeURIComponent(workspace)}/${place.environment}/endpoints/${place.endpoint}/invocations` : "http://127.0.0.1:5001/invocations";
  return [`curl ${url} \\`, ...(place ? [`  -H "authorization: Bearer $SLIPWAY_TOKEN" \\`] : []), `  -H "content-type: application/json" \\`, `  -d ${shellQuoted(body)}`].join("\n");
};
