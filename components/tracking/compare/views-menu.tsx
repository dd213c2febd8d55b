"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useCopy } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { FormDialog } from "@/components/ui/form-dialog";
import { Input } from "@/components/ui/input";
import { Menu } from "@/components/ui/menu";
import { attempt, notify } from "@/components/ui/toaster";
import { useSubmit } from "@/components/ui/use-submit";
import { experimentsHref } from "../queries";
import { compareKeys, fetchViews, postView, removeView } from "./queries";

type ViewsProps = { workspace: string; number: number; suggestion: string };

/** Copies the address of the view, keeps it under a name, and opens those that were kept. */
export function ViewsMenu({ workspace, number, suggestion }: ViewsProps) {
  const router = useRouter();
  const queries = useQueryClient();
  const { copied, failed, copy } = useCopy();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const views = useQuery({ queryKey: compareKeys.views(workspace), queryFn: ({ signal }) => fetchViews(workspace, signal), staleTime: 60_000 });
  const saved = views.data ?? [];
  const refresh = () => queries.invalidateQueries({ queryKey: compareKeys.views(workspace) });
  const form = useSubmit({
    complaints: { name: name.trim() === "" ? "Give the view a name." : undefined },
    send: async () => {
      await postView(workspace, name.trim(), `${number}/compare${window.location.search}`);
      await refresh();
      setOpen(false);
      notify.done(`View “${name.trim()}” saved`);
    },
  });
  const remove = (id: string, of: string) => attempt("Not deleted", async () => {
    await removeView(workspace, id);
    await refresh();
    notify.done(`View “${of}” deleted`);
  });
  const start = () => {
    setName(suggestion);
    form.reset();
    setOpen(true);
  };
  return (
    <>
      <Button variant="ghost" icon={copied ? "check" : "link"} onClick={() => void copy(window.location.href)}><span aria-live="polite">{copied ? "Copied" : failed ? "Copy the address bar" : "Copy view"}</span></Button>
      {saved.length === 0 ? (
        <Button onClick={start}>Save view</Button>
      ) : (
        <Menu
          trigger={<Button>Views</Button>}
          items={[
            { label: "Save this view…", icon: "plus", onSelect: start },
            "separator",
            ...saved.map((view) => ({ label: view.name, icon: "eye" as const, onSelect: () => router.push(`${experimentsHref(workspace)}/${view.query}`) })),
            "separator",
            ...saved.map((view) => ({ label: `Delete “${view.name}”`, icon: "trash" as const, tone: "crit" as const, onSelect: () => void remove(view.id, view.name) })),
          ]}
        />
      )}
      <FormDialog
        form={form}
        open={open}
        onClose={() => setOpen(false)}
        title="Save view"
        description="Runs, axes, brushes, columns and everything else chosen here, kept for you in this workspace. A view of the same name is replaced."
        submitLabel="Save view"
        pendingLabel="Saving…"
        failureTitle="Not saved."
      >
        <Field label="Name" required error={form.errorOf("name")}><Input value={name} maxLength={100} onChange={(event) => setName(event.target.value)} /></Field>
      </FormDialog>
    </>
  );
}
