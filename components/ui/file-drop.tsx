"use client";

import { useId, useState, type DragEvent, type ReactNode } from "react";
import { cx } from "./cx";
import { useFieldControl } from "./field";
import { Icon } from "./icon";

export type FileDropProps = {
  onFiles: (files: File[]) => void;
  /** "Drop the ONNX file here" */
  label: ReactNode;
  hint?: ReactNode;
  /** As the `accept` attribute: ".onnx,.json". */
  accept?: string | undefined;
  multiple?: boolean | undefined;
  disabled?: boolean | undefined;
  /** Share of 0 to 1 while an upload runs. */
  progress?: number | undefined;
  name?: string | undefined;
};

/** Drop zone around a real file input, so that keyboard and screen readers use it like any other. */
export function FileDrop({ onFiles, label, hint, accept, multiple = false, disabled = false, progress, name }: FileDropProps) {
  const [over, setOver] = useState(false);
  const id = useId();
  const field = useFieldControl();
  const inputId = field.id ?? id;
  const take = (list: FileList | null) => {
    const files = [...(list ?? [])];
    if (files.length > 0 && !disabled) onFiles(multiple ? files : files.slice(0, 1));
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  return (
    <div>
      <label
        htmlFor={inputId}
        onDragOver={(event) => { event.preventDefault(); setOver(true); }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        className={cx(
          "relative flex min-h-20 cursor-pointer flex-col items-center justify-center gap-1 rounded-lg border border-dashed px-4 py-4 text-center has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent",
          over ? "border-accent bg-accent-tint" : "border-line-control bg-surface hover:bg-surface-2",
          disabled && "cursor-not-allowed text-fg-3",
        )}
      >
        <input
          {...field}
          id={inputId}
          type="file"
          name={name}
          accept={accept}
          multiple={multiple}
          disabled={disabled}
          onChange={(event) => { take(event.target.files); event.target.value = ""; }}
          className="sr-only"
        />
        <span className="flex items-center gap-2 font-medium"><Icon name="upload" className="text-fg-3" />{label}</span>
        <span className="text-sm text-fg-3">{hint ?? "or choose it from this computer"}</span>
      </label>
      {progress !== undefined && <Progress value={progress} label="Uploaded" className="mt-2" />}
    </div>
  );
}

/** Bar of 0 to 1 with its percentage. */
export function Progress({ value, label, className }: { value: number; label: string; className?: string | undefined }) {
  const percent = Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div className={cx("flex items-center gap-2 text-sm text-fg-2", className)}>
      <div role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} className="h-1.5 flex-1 overflow-hidden rounded-full bg-surface-3">
        <div className="h-full bg-info-line transition-[width]" style={{ width: `${percent}%` }} />
      </div>
      {percent} %
    </div>
  );
}
