import { NotePanel } from "@/components/patterns/note-panel";
import { maxDescriptionLength } from "@/lib/registry";
import type { Rights } from "./queries";

const placeholder = "What it predicts, for whom, and where it must not be used.\n\nMarkdown: **bold**, lists, tables, `code`, links";

/** The description of a model or a version. Who may register may write it; others are told who may. */
export function DescriptionPanel({ description, rights, onSave }: { description: string | null; rights: Rights; onSave: (description: string) => Promise<unknown> }) {
  return <NotePanel title="Description" what="description" text={description ?? ""} maxLength={maxDescriptionLength} placeholder={placeholder} canWrite={rights.register === undefined} refusal={rights.register} onSave={onSave} />;
}
