"use client";

import { useEffect, useRef, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Icon, type IconName } from "@/components/ui/icon";
import { SearchInput } from "@/components/ui/input";
import { Menu } from "@/components/ui/menu";
import { useShortcut } from "@/components/ui/shortcuts";
import { Tag } from "@/components/ui/tag";
import { toneClass, type Tone } from "@/components/ui/tone";
import { type Filters } from "./use-filters";

export type FacetOption = { value: string; label: string; count?: number | undefined; tone?: Tone | undefined; icon?: IconName | undefined };

export type Facet<Key extends string> = {
  param: Key;
  label: string;
  options: readonly FacetOption[];
  /** chips: all options in a row with their counts (statuses); menu: one button (the default). */
  display?: "chips" | "menu" | undefined;
  multiple?: boolean | undefined;
};

export type FilterBarProps<Key extends string> = {
  filters: Filters<Key>;
  search?: { param: Key; placeholder: string } | undefined;
  facets?: readonly Facet<Key>[] | undefined;
  /** Right end: counts, export, columns. */
  children?: ReactNode;
};

/** Search (`/`), facets with counts, and the active filters as tags. Everything it holds is in the URL. */
export function FilterBar<Key extends string>({ filters, search, facets = [], children }: FilterBarProps<Key>) {
  const tagged = facets.filter((facet) => facet.display !== "chips" && filters.values[facet.param] !== undefined);
  return (
    <div role="search" className="mb-2.5 flex flex-wrap items-center gap-1.5">
      {search && <FilterSearch key={search.param} filters={filters} {...search} />}
      {facets.map((facet) => (facet.display === "chips" ? <FacetChips key={facet.param} facet={facet} filters={filters} /> : <FacetMenu key={facet.param} facet={facet} filters={filters} />))}
      {tagged.map((facet) => (
        <Tag key={facet.param} onRemove={() => filters.set(facet.param, undefined)} removeLabel={`Remove filter ${facet.label}`}>
          {facet.label.toLowerCase()}: {wordsOf(facet, filters.values[facet.param])}
        </Tag>
      ))}
      {filters.active.length > 1 && <Button size="sm" variant="ghost" onClick={filters.clear}>Clear filters</Button>}
      {children !== undefined && <div className="ml-auto flex flex-wrap items-center gap-1.5 text-sm text-fg-3">{children}</div>}
    </div>
  );
}

const wordsOf = <Key extends string>(facet: Facet<Key>, value: string | undefined): string =>
  (value ?? "").split(",").map((part) => facet.options.find((option) => option.value === part)?.label ?? part).join(", ");

function FilterSearch<Key extends string>({ filters, param, placeholder }: { filters: Filters<Key>; param: Key; placeholder: string }) {
  const inUrl = filters.values[param] ?? "";
  const [text, setText] = useState(inUrl);
  const box = useRef<HTMLInputElement>(null);
  const { set } = filters;
  useShortcut("/", () => box.current?.focus(), "Filter the list", "Lists");
  // The URL may change by Back or by "Clear filters".
  useEffect(() => setText(inUrl), [inUrl]);
  useEffect(() => {
    if (text === inUrl) return;
    const timer = setTimeout(() => set(param, text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text, inUrl, param, set]);
  return <SearchInput ref={box} aria-label={placeholder} placeholder={placeholder} shortcut="/" value={text} onChange={(event) => setText(event.target.value)} className="w-80 max-sm:w-full" />;
}

function FacetChips<Key extends string>({ facet, filters }: { facet: Facet<Key>; filters: Filters<Key> }) {
  const chosen = filters.values[facet.param];
  const total = facet.options.every((option) => option.count !== undefined) ? facet.options.reduce((sum, option) => sum + (option.count ?? 0), 0) : undefined;
  const chip = "inline-flex h-[26px] flex-none items-center gap-[5px] rounded-md border border-line px-[9px] text-sm text-fg-2 hover:bg-surface-2 aria-pressed:bg-surface-3 max-sm:h-9";
  return (
    <div role="group" aria-label={facet.label} className="flex gap-1 max-sm:-mx-3 max-sm:overflow-x-auto max-sm:px-3 sm:flex-wrap">
      <button type="button" aria-pressed={chosen === undefined} onClick={() => filters.set(facet.param, undefined)} className={chip}>
        All {total !== undefined && <b className="font-semibold text-fg">{total}</b>}
      </button>
      {facet.options.map((option) => (
        <button key={option.value} type="button" aria-pressed={chosen === option.value} onClick={() => filters.set(facet.param, chosen === option.value ? undefined : option.value)} className={cx(chip, option.tone && toneClass[option.tone])}>
          {option.icon && <Icon name={option.icon} size={13} className="text-tone-line" />}
          {option.label} {option.count !== undefined && <b className="font-semibold text-fg">{option.count}</b>}
        </button>
      ))}
    </div>
  );
}

function FacetMenu<Key extends string>({ facet, filters }: { facet: Facet<Key>; filters: Filters<Key> }) {
  const chosen = (filters.values[facet.param] ?? "").split(",").filter(Boolean);
  const toggle = (value: string) => {
    const on = chosen.includes(value);
    const next = facet.multiple ? (on ? chosen.filter((part) => part !== value) : [...chosen, value]) : on ? [] : [value];
    filters.set(facet.param, next.join(","));
  };
  return (
    <Menu
      align="start"
      trigger={<Button size="sm">{facet.label}{chosen.length === 0 && ": all"}<Icon name="down" size={14} className="text-fg-3" /></Button>}
      items={facet.options.map((option) => ({ label: option.count === undefined ? option.label : `${option.label}  ${option.count}`, checked: chosen.includes(option.value), onSelect: () => toggle(option.value) }))}
    />
  );
}
