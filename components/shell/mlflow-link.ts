const pages: readonly [RegExp, (parts: readonly string[]) => string][] = [
  [/^\/experiments\/(\d+)\/runs\/([0-9a-f]{32})(?:\/|$)/, ([number = "", run = ""]) => `experiments/${number}/runs/${run}`],
  [/^\/experiments\/(\d+)(?:\/|$)/, ([number = ""]) => `experiments/${number}`],
  [/^\/experiments\/?$/, () => "experiments"],
  [/^\/models\/([^/]+)\/versions\/(\d+)(?:\/|$)/, ([name = "", number = ""]) => `models/${name}/${number}`],
  [/^\/models\/([^/]+)\/?$/, ([name = ""]) => `models/${name}`],
  [/^\/models\/?$/, () => "models"],
];

/**
 * The page of the console that a link of MLflow's clients means: they print `<server>/#/experiments/1/runs/<id>`, with
 * `?workspace=` for others than `default`. Undefined for every other fragment.
 */
export const pageOfMlflowLink = (hash: string): string | undefined => {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const workspace = new URLSearchParams(query).get("workspace") || "default";
  for (const [pattern, page] of pages) {
    const match = pattern.exec(path);
    if (match) return `/w/${encodeURIComponent(workspace)}/${page(match.slice(1))}`;
  }
  return undefined;
};
