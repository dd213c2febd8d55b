"use client";

import { useEffect, useState } from "react";
import { Button } from "./button";
import { cx } from "./cx";
import { Icon } from "./icon";
import { ScrollRegion } from "./scroll-region";

/** Copies text and says for two seconds that it did; returns the state and the action. */
export const useCopy = (): { copied: boolean; failed: boolean; copy: (text: string) => Promise<void> } => {
  const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      // No clipboard on an http address or without permission: the reader is told to select the text.
      setState("failed");
    }
  };
  return { copied: state === "copied", failed: state === "failed", copy };
};

export type CopyButtonProps = {
  value: string;
  /** What is copied: "Copy digest". */
  label: string;
  /** With words beside the icon. */
  withText?: boolean | undefined;
  className?: string | undefined;
};

export function CopyButton({ value, label, withText = false, className }: CopyButtonProps) {
  const { copied, failed, copy } = useCopy();
  const word = copied ? "Copied" : failed ? "Not allowed, select it" : label;
  if (withText) {
    return <Button size="sm" icon={copied ? "check" : "copy"} onClick={() => void copy(value)} className={className}><span aria-live="polite">{word}</span></Button>;
  }
  return (
    <button type="button" aria-label={word} title={word} onClick={() => void copy(value)} className={cx("relative z-1 inline-grid size-5 flex-none place-items-center rounded text-fg-3 hover:bg-surface-3 hover:text-fg pointer-coarse:after:absolute pointer-coarse:after:-inset-3", className)}>
      <Icon name={copied ? "check" : failed ? "x" : "copy"} size={13} className={cx(copied && "text-ok-line")} />
    </button>
  );
}

/** A command or snippet in a well, with a copy button. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <div className="relative min-w-0 rounded-lg border border-line bg-surface-2">
      <ScrollRegion label={label} className="py-2.5 pr-10 pl-3"><pre className="text-sm leading-[18px]"><code>{code}</code></pre></ScrollRegion>
      <CopyButton value={code} label={`Copy ${label}`} className="absolute! top-2 right-2 bg-surface-2" />
    </div>
  );
}
