import { maxColumns, type RunKeys, type RunRowView } from "@/lib/tracking";

export type ColumnGroup = "metrics" | "params" | "tags" | "attributes";
/** `metrics.auc`, `params.depth`, `tags.team`, `attributes.duration`: as in the URL. */
export type ColumnId = `${ColumnGroup}.${string}`;
export type ColumnSpec = { id: ColumnId; group: ColumnGroup; key: string; label: string; width: number; isNumber: boolean; /** What the API sorts by; undefined where it can't. */ sort: string | undefined };

export const attributeColumns: readonly { key: string; label: string; width: number; sort: string | undefined }[] = [
  { key: "status", label: "Status", width: 104, sort: "attributes.status" },
  { key: "duration", label: "Took", width: 74, sort: "attributes.duration" },
  { key: "user", label: "By", width: 92, sort: "attributes.user_id" },
  { key: "started", label: "Started", width: 116, sort: "attributes.start_time" },
  { key: "models", label: "Models", width: 150, sort: undefined },
  { key: "runId", label: "Run ID", width: 116, sort: "attributes.run_id" },
];

const groups: readonly ColumnGroup[] = ["metrics", "params", "tags", "attributes"];
const isGroup = (text: string): text is ColumnGroup => (groups as readonly string[]).includes(text);

/** Names with spaces stand in backticks, as MLflow's grammar wants them. */
export const quoteKey = (key: string): string => (/[\s"'=<>!(),]/.test(key) ? `\`${key}\`` : key);

/** The column behind an id of the URL, or undefined when it means none. */
export const columnOf = (id: string): ColumnSpec | undefined => {
  const dot = id.indexOf(".");
  const [group, key] = [id.slice(0, dot), id.slice(dot + 1)];
  if (dot < 1 || key === "" || !isGroup(group)) return undefined;
  const attribute = group === "attributes" ? attributeColumns.find((column) => column.key === key) : undefined;
  if (group === "attributes") return attribute && { id: `attributes.${key}`, group, key, label: attribute.label, width: attribute.width, isNumber: key === "duration", sort: attribute.sort };
  const width = Math.min(group === "tags" ? 180 : 150, Math.max(group === "metrics" ? 90 : 78, key.length * 6.5 + 30));
  return { id: `${group}.${key}`, group, key, label: key, width, isNumber: group === "metrics", sort: `${group}.${quoteKey(key)}` };
};

/** Columns of the URL's `cols`, in the order of the groups, each once, at most 100. */
export const parseColumns = (text: string | undefined): ColumnSpec[] => {
  const found = [...new Set((text ?? "").split(","))].flatMap((id) => columnOf(id) ?? []).slice(0, maxColumns);
  return groups.flatMap((group) => found.filter((column) => column.group === group));
};

export const formatColumns = (columns: readonly { id: string }[]): string => columns.map(({ id }) => id).join(",");

const isSystem = (key: string): boolean => key.startsWith("system/");
const isJudged = (key: string): boolean => /(^|[_./-])(val|valid|validation|test|eval|holdout)/i.test(key);

/** What a reader sees first: results of validation before others, then the first params that tell runs apart. */
export const defaultColumns = ({ metrics, params, varyingParams = [] }: RunKeys): ColumnSpec[] => {
  const own = metrics.filter((key) => !isSystem(key));
  const chosen = [...own.filter(isJudged), ...own.filter((key) => !isJudged(key))].slice(0, 4);
  const ids = [...chosen.map((key) => `metrics.${key}`), ...(varyingParams.length > 0 ? varyingParams : params).slice(0, 4).map((key) => `params.${key}`), "attributes.duration", "attributes.user", "attributes.started"];
  return parseColumns(ids.join(","));
};

/** The columns that the API has to send. */
export const wireColumns = (columns: readonly ColumnSpec[]): string[] => columns.filter(({ group }) => group !== "attributes").map(({ id }) => id);

/** Whether the rows hold more than one value in a column. */
export const differs = ({ group, key }: ColumnSpec, rows: readonly RunRowView[]): boolean => {
  if (group === "attributes" || rows.length < 2) return true;
  const first = rows[0]?.[group][key];
  return rows.some((row) => row[group][key] !== first);
};

/** Params whose values are numbers in all rows: they stand right. */
export const numericParams = (columns: readonly ColumnSpec[], rows: readonly RunRowView[]): ReadonlySet<string> => {
  const isNumeric = (key: string): boolean => rows.some(({ params }) => params[key] !== undefined) && rows.every(({ params }) => params[key] === undefined || (params[key].trim() !== "" && Number.isFinite(Number(params[key]))));
  return new Set(columns.flatMap(({ group, key }) => (group === "params" && isNumeric(key) ? [key] : [])));
};
