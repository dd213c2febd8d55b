import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { monitoringMethods } from "./monitoring-methods";
import { statisticsMethods } from "./statistics-methods";
import { differences } from "./vector-comparison";
import { readInput, type VectorCase } from "./vector-input";

const load = (name: string): VectorCase[] => {
  const file = JSON.parse(readFileSync(new URL(`../../vectors/${name}.json`, import.meta.url), "utf8")) as { cases: VectorCase[] };
  return file.cases;
};

for (const [name, methods] of [["statistics", statisticsMethods], ["monitoring", monitoringMethods]] as const) {
  const cases = load(name);

  describe(`${name} vectors`, () => {
    it("covers every method of the file", () => {
      expect(Object.keys(methods).sort()).toEqual([...new Set(cases.map((vector) => vector.method))].sort());
    });

    for (const vector of cases) {
      it(`${vector.id} ${vector.method} ${vector.variant ?? ""}`.trim(), () => {
        const method = methods[vector.method];
        expect(method, `${vector.method} is not implemented`).toBeDefined();
        expect(differences(vector, method?.(readInput(vector.input), vector.variant ?? "") ?? {})).toEqual([]);
      });
    }
  });
}
