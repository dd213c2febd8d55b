import { capitalize } from "@/components/ui/format";
import type { StatusView } from "@/components/ui/tone";
import { type CheckView, type RequestView, requestStatusView } from "@/lib/governance";

/** Status of a request as the chips take it. */
export const statusOf = (request: Pick<RequestView, "status" | "approvals" | "policy">): StatusView => requestStatusView(request) as StatusView;

/** Result of a check → word, tone and icon. */
export const checkStatusView = (status: CheckView["status"]): StatusView => {
  switch (status) {
    case "PASS":
      return { word: "Passed", tone: "ok", icon: "okc", bare: true };
    case "FAIL":
      return { word: "Failed", tone: "crit", icon: "octa" };
    case "MISSING":
      return { word: "Missing", tone: "warn", icon: "dash" };
  }
};

/** What a request asks or came to. */
export const titleOf = ({ model, version, environment, status }: RequestView): string => {
  const name = `${model} v${version}`;
  switch (status) {
    case "OPEN":
      return `Release ${name} into ${environment}?`;
    case "APPROVED":
      return `${name} may be released into ${environment}`;
    case "EXECUTED":
      return `${name} was released into ${environment}`;
    case "REJECTED":
      return `${name} was rejected for ${environment}`;
    case "STALE":
      return `What was decided on ${name} no longer counts in ${environment}`;
    case "WITHDRAWN":
      return `The request for ${name} in ${environment} was withdrawn`;
    case "EXPIRED":
      return `The request for ${name} in ${environment} has expired`;
  }
};

const kindWords: Record<string, string> = { evaluation: "Evaluation", model_card: "Model card", document: "Document" };
export const kindWord = (kind: string): string => kindWords[kind] ?? kind;

/** `intendedUse` or `training_data` as words. */
export const wordsOfKey = (key: string): string => capitalize(key.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase());

export const listOf = (text: string): string[] => [...new Set(text.split(/[\n,]/).map((part) => part.trim()).filter(Boolean))];

type Issue = { code?: string | undefined; message: string; path: PropertyKey[] };

/** What is wrong with a field in the reader's words; the schema's own where they say more. */
const reasonOf = ({ code, message, path }: Issue): string => {
  if (path.at(-1) === "digest") return "sha256: and 64 hex digits.";
  if (code === "too_small" && message.includes("string")) return "Fill this in.";
  if (message.includes("expected int")) return "A whole number.";
  if (code === "invalid_type" && message.includes("expected number")) return "A number.";
  if (code === "invalid_type" && message.includes("received undefined")) return "It is missing.";
  if (code === "too_small" && message.includes(">=")) return `At least ${message.slice(message.indexOf(">=") + 2)}.`;
  if (code === "too_big" && message.includes("<=")) return `At most ${message.slice(message.indexOf("<=") + 2)}.`;
  return message;
};

/** Problems of a parsed document by the path of the field ("dataset.rows"). */
export const problemsByPath = (issues: readonly Issue[]): Record<string, string> => Object.fromEntries(issues.map((issue) => [issue.path.join("."), reasonOf(issue)]));
