"use client";

import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { cx } from "@/components/ui/cx";
import { Icon } from "@/components/ui/icon";
import { useShortcut } from "@/components/ui/shortcuts";
import type { RunKeys } from "@/lib/tracking";
import { complete, type Completion, completionsAt } from "./completion";
import { findFilterProblem, isNameSearch, positionIn, sentenceOf } from "./filter-text";

export type FilterFieldProps = {
  /** The filter that the table shows. */
  value: string;
  onApply: (text: string) => void;
  keys: RunKeys;
  /** What the server refused about it. */
  reason?: string | undefined;
};

const pauseMs = 350;

/** Query field over the runs: completes names, applies what is whole after a pause or by Enter, and says under it where it is wrong. */
export function FilterField({ value, onApply, keys, reason }: FilterFieldProps) {
  const id = useId();
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [cursor, setCursor] = useState(value.length);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useShortcut("/", () => box.current?.focus(), "Filter the runs", "Lists");
  // The URL may change by Back or by "Clear filters".
  useEffect(() => {
    setText(value);
    setProblem(undefined);
  }, [value]);
  useEffect(() => {
    if (text.trim() === value.trim() || findFilterProblem(text) !== undefined) return;
    const timer = setTimeout(() => onApply(text.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [text, value, onApply]);

  const completions = completionsAt(text, cursor, keys);
  const options = isOpen ? completions.options : [];
  const active = options[chosen];

  const change = (next: string, at: number) => {
    setText(next);
    setCursor(at);
    setChosen(-1);
    setProblem(undefined);
  };
  const accept = (option: Completion) => {
    const done = complete(text, completions, option);
    change(done.text, done.cursor);
    requestAnimationFrame(() => {
      box.current?.focus();
      box.current?.setSelectionRange(done.cursor, done.cursor);
    });
  };
  const apply = () => {
    const found = findFilterProblem(text);
    setProblem(found);
    setOpen(false);
    if (found === undefined) onApply(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      if (!isOpen) setOpen(true);
      else if (options.length > 0) setChosen((at) => (at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (active) accept(active);
      else apply();
    } else if (event.key === "Tab" && !event.shiftKey && options.length > 0 && text.slice(completions.from, cursor).trim() !== "") {
      const [first] = options;
      event.preventDefault();
      if (active ?? first) accept((active ?? first) as Completion);
    } else if (event.key === "Escape") {
      if (isOpen && options.length > 0) setOpen(false);
      else box.current?.blur();
    }
  };

  const shown = problem ?? reason;
  const isList = options.length > 0;
  return (
    <div className="relative min-w-0 flex-1 basis-80">
      <div className={cx("flex h-[30px] items-center gap-1.5 rounded-control border bg-surface px-2 text-fg-3 focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent max-sm:h-9", shown === undefined ? "border-line-control" : "border-crit-line")}>
        <Icon name="search" size={14} />
        <input
          ref={box}
          type="text"
          role="combobox"
          aria-label="Filter runs"
          aria-expanded={isList}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={active ? `${id}-${chosen}` : undefined}
          aria-invalid={shown !== undefined || undefined}
          aria-describedby={shown === undefined ? `${id}-hint` : `${id}-error`}
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          placeholder="metrics.auc > 0.8 and params.depth = '5'"
          value={text}
          onChange={(event) => {
            change(event.target.value, event.target.selectionStart ?? event.target.value.length);
            setOpen(event.target.value !== "");
          }}
          onSelect={(event) => setCursor(event.currentTarget.selectionStart ?? 0)}
          onBlur={() => {
            setOpen(false);
            if (text.trim() !== value.trim()) setProblem(findFilterProblem(text));
          }}
          onKeyDown={onKeyDown}
          className="min-w-0 flex-1 bg-transparent font-mono text-sm text-fg outline-none! placeholder:text-fg-3 max-sm:text-[16px]"
        />
        {text !== "" && (
          <button type="button" aria-label="Clear the filter" onClick={() => { change("", 0); setOpen(false); onApply(""); box.current?.focus(); }} className="relative grid size-5 flex-none place-items-center rounded hover:bg-surface-3 hover:text-fg pointer-coarse:after:absolute pointer-coarse:after:-inset-3">
            <Icon name="x" size={13} />
          </button>
        )}
        {text === "" && <kbd aria-hidden className="rounded border border-line bg-surface-2 px-1 font-sans text-xs/4 font-medium text-fg-3 max-sm:hidden">/</kbd>}
      </div>
      <ul id={`${id}-list`} role="listbox" aria-label="Completions" hidden={!isList} className="absolute top-full left-0 z-30 mt-1 max-w-[min(480px,92vw)] min-w-64 rounded-lg border border-line-2 bg-surface p-1 shadow-float">
        {options.map((option, index) => (
          <li
            key={option.label}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onMouseDown={(event) => {
              event.preventDefault();
              accept(option);
            }}
            className={cx("flex cursor-pointer items-center justify-between gap-4 rounded-md px-2 py-1 hover:bg-surface-2 max-sm:min-h-11", index === chosen && "bg-surface-3")}
          >
            <code className="min-w-0 truncate text-sm">{option.label}</code>
            {option.kind !== "operator" && option.kind !== "joint" && <span className="text-xs text-fg-3">{option.kind}</span>}
          </li>
        ))}
      </ul>
      <p id={`${id}-hint`} className="sr-only">{isNameSearch(text) ? "Searches the names of runs." : "Compare metrics, params, tags and attributes; join by AND and OR."}</p>
      {shown !== undefined && <FilterProblem id={`${id}-error`} text={text} message={shown} />}
    </div>
  );
}

/** The message, and the text with the wrong place marked. */
function FilterProblem({ id, text, message }: { id: string; text: string; message: string }) {
  const at = positionIn(message);
  const wrong = at === undefined ? undefined : (/^\S+/.exec(text.slice(at))?.[0] ?? "");
  return (
    <div id={id} role="alert" className="mt-1 grid gap-0.5 text-sm text-crit">
      <p className="flex gap-1.5"><Icon name="octa" size={13} className="mt-[1.5px]" />{sentenceOf(message)}</p>
      {at !== undefined && at < text.length && wrong !== undefined && (
        <p aria-hidden className="ml-[19px] font-mono [overflow-wrap:anywhere] text-fg-2">
          {text.slice(0, at)}<mark className="rounded-sm bg-crit-bg text-crit underline decoration-wavy underline-offset-2">{wrong}</mark>{text.slice(at + wrong.length)}
        </p>
      )}
    </div>
  );
}
