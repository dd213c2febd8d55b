import { formatId } from "@/lib/core/ids";

/** How models and versions are named in the audit log and in events. */
export const modelTarget = (model: { id: string; name: string }) => ({ type: "model", id: formatId("model", model.id), name: model.name });
export const versionTarget = (version: { id: string; model: string; number: number }) => ({ type: "version", id: formatId("version", version.id), name: `${version.model} v${version.number}` });
