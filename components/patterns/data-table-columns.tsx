"use client";

import { parseAsArrayOf, parseAsString, useQueryState } from "nuqs";
import { useMemo } from "react";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { type Column } from "./data-table-row";

const isShown = <Row,>(column: Column<Row>, toggled: readonly string[]): boolean => !(column.optional || column.hidden) || (column.hidden === true) === toggled.includes(column.id);

/** Which columns stand in the table; what the reader changed is in `?cols=`. Unknown names there are dropped. */
export const useColumns = <Row,>(columns: readonly Column<Row>[]) => {
  const [toggled, setToggled] = useQueryState("cols", parseAsArrayOf(parseAsString).withDefault([]).withOptions({ history: "replace" }));
  const visible = useMemo(() => columns.filter((column) => isShown(column, toggled)), [columns, toggled]);
  const toggle = (id: string) => {
    const known = toggled.filter((name) => columns.some((column) => column.id === name));
    const next = known.includes(id) ? known.filter((name) => name !== id) : [...known, id];
    void setToggled(next.length === 0 ? null : next);
  };
  return { visible, shown: visible.map((column) => column.id), toggle };
};

export function ColumnChoice<Row>({ columns, shown, toggle }: { columns: readonly Column<Row>[]; shown: readonly string[]; toggle: (id: string) => void }) {
  const optional = columns.filter((column) => column.optional || column.hidden);
  if (optional.length === 0) return null;
  return (
    <Menu
      trigger={<Button size="sm" variant="ghost" icon="columns">Columns</Button>}
      items={optional.map((column) => ({ label: column.header, checked: shown.includes(column.id), onSelect: () => toggle(column.id) }))}
    />
  );
}
