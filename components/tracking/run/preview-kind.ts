export type PreviewKind = "image" | "html" | "csv" | "json" | "markdown" | "mlmodel" | "text" | "none";

const byEnding: Record<string, PreviewKind> = {
  png: "image", jpg: "image", jpeg: "image", gif: "image", svg: "image", webp: "image", bmp: "image", avif: "image",
  html: "html", htm: "html", csv: "csv", tsv: "csv", json: "json", geojson: "json", md: "markdown", markdown: "markdown",
};
const texts = new Set(["txt", "log", "yaml", "yml", "toml", "ini", "cfg", "conf", "py", "r", "sql", "sh", "xml", "jsonl", "ndjson", "js", "ts", "tsx", "css", "java", "scala", "c", "cpp", "h", "rs", "go", "ipynb", "env", "lock", "proto", "pbtxt", "tf", "dockerfile"]);

/** How a file is shown, by its name. */
export const previewKindOf = (path: string): PreviewKind => {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "MLmodel") return "mlmodel";
  const ending = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : name.toLowerCase();
  return byEnding[ending] ?? (texts.has(ending) || /^(requirements|license|readme|makefile)$/i.test(name) ? "text" : "none");
};

/** Read for a preview at most: more would only slow the reader's browser. */
export const previewBytes: Record<PreviewKind, number> = { image: 20_000_000, html: 20_000_000, csv: 2_000_000, json: 1_000_000, markdown: 500_000, mlmodel: 500_000, text: 500_000, none: 0 };
