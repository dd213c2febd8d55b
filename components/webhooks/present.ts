import type { StatusView } from "@/components/ui/tone";
import { isObject, readJson } from "@/lib/core/json";
import type { DeliveryView, WebhookView } from "@/lib/webhooks";

export const webhookStatus = ({ status, deliveries }: Pick<WebhookView, "status" | "deliveries">): StatusView => {
  if (status === "DISABLED") return { word: "Disabled", tone: "idle", icon: "minusc", bare: true };
  if (deliveries.pending > 0 && deliveries.lastStatus === "pending") return { word: "Trying again", tone: "warn", icon: "clock" };
  return { word: "Active", tone: "ok", icon: "okc", bare: true };
};

export const deliveryStatus = ({ status, attempts }: Pick<DeliveryView, "status" | "attempts">): StatusView => {
  if (status === "delivered") return { word: "Delivered", tone: "ok", icon: "okc", bare: true };
  if (status === "failed") return { word: "Failed", tone: "crit", icon: "x" };
  return attempts === 0 ? { word: "Waiting", tone: "info", icon: "clock" } : { word: `Waiting, tried ${attempts}×`, tone: "warn", icon: "clock" };
};

const entityWords: Record<string, string> = {
  registered_model: "Models",
  model_version: "Model versions",
  model_version_tag: "Version tags",
  model_version_alias: "Version aliases",
  prompt: "Prompts",
  prompt_version: "Prompt versions",
  prompt_tag: "Prompt tags",
  prompt_version_tag: "Prompt version tags",
  prompt_alias: "Prompt aliases",
};

/** `model_version_tag.set` → "Version tags: set". */
export const eventLabel = (event: string): string => {
  const [entity = "", action = ""] = event.split(".");
  return `${entityWords[entity] ?? entity}: ${action}`;
};

/** What the document of a delivery speaks of: "credit-pd v3 @champion". */
export const subjectOf = (body: string): string => {
  const document = readJson(body);
  const data = isObject(document) && isObject(document["data"]) ? document["data"] : {};
  const marks = [["name", ""], ["version", "v"], ["alias", "@"], ["key", ""]] as const;
  return marks.flatMap(([member, mark]) => (typeof data[member] === "string" ? [`${mark}${data[member]}`] : [])).join(" ");
};

export const findingOf = (rows: readonly WebhookView[], hasMore: boolean): string => {
  if (rows.length === 0) return "No webhook yet";
  const troubled = rows.filter(({ status, deliveries }) => status === "ACTIVE" && (deliveries.lastStatus === "pending" || deliveries.lastStatus === "failed")).length;
  const count = `${rows.length}${hasMore ? " or more" : ""} ${rows.length === 1 ? "webhook" : "webhooks"}`;
  return troubled === 0 ? count : `${count}, ${troubled} not reached last time`;
};
