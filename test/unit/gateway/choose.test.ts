import fc from "fast-check";
import { expect, test } from "vitest";

import { newId } from "@/lib/core/ids";
import { chooseArm, choosesMirror } from "@/lib/inference/data-plane";

const served = { versionId: newId(), modelName: "ver_1", inputs: [] };
const split = (candidateWeightBp: number, salt = "salt") => ({ salt, stable: served, candidate: served, candidateWeightBp });
const mirrored = (mirrorBp: number, salt = "salt") => ({ salt, mirror: served, mirrorBp });
const key = fc.string({ minLength: 0, maxLength: 40 });
const weight = fc.integer({ min: 0, max: 10_000 });

test("is a function of salt and key: the same key sticks", () => {
  fc.assert(fc.property(key, weight, fc.string(), (one, bp, salt) => {
    const first = chooseArm(split(bp, salt), one);
    const again = chooseArm(split(bp, salt), one);
    expect([again.arm, again.unit]).toEqual([first.arm, first.unit]);
    expect(first.unit >= -(2n ** 63n) && first.unit < 2n ** 63n).toBe(true);
  }));
});

test("as the weight grows, keys only move from stable to candidate", () => {
  fc.assert(fc.property(key, weight, weight, (one, a, b) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    if (chooseArm(split(low), one).arm === "candidate") expect(chooseArm(split(high), one).arm).toBe("candidate");
    expect(chooseArm(split(0), one).arm).toBe("stable");
    expect(chooseArm(split(10_000), one).arm).toBe("candidate");
  }));
});

test.each([100, 500, 2_500, 5_000, 9_000])("a weight of %i bp gets its share, within five standard errors", (bp) => {
  const n = 40_000;
  let candidates = 0;
  for (let index = 0; index < n; index += 1) if (chooseArm(split(bp), `user-${index}`).arm === "candidate") candidates += 1;
  const share = bp / 10_000;
  expect(Math.abs(candidates / n - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / n));
});

test("another salt draws another sample", () => {
  let both = 0;
  for (let index = 0; index < 20_000; index += 1) if (chooseArm(split(5_000, "a"), `${index}`).arm === "candidate" && chooseArm(split(5_000, "b"), `${index}`).arm === "candidate") both += 1;
  expect(Math.abs(both / 20_000 - 0.25)).toBeLessThan(0.02);
});

test("the mirror is drawn apart from the arm, and gets its share", () => {
  const n = 40_000;
  const count = { mirrored: 0, both: 0, candidate: 0 };
  for (let index = 0; index < n; index += 1) {
    const isCandidate = chooseArm(split(3_000), `p${index}`).arm === "candidate";
    const isMirrored = choosesMirror(mirrored(2_000), `p${index}`);
    if (isCandidate) count.candidate += 1;
    if (isMirrored) count.mirrored += 1;
    if (isCandidate && isMirrored) count.both += 1;
  }
  expect(Math.abs(count.mirrored / n - 0.2)).toBeLessThan(0.01);
  expect(Math.abs(count.both / n - (count.candidate / n) * (count.mirrored / n))).toBeLessThan(0.01);
  expect(choosesMirror(mirrored(0), "p")).toBe(false);
  expect(choosesMirror(mirrored(10_000), "p")).toBe(true);
  expect(choosesMirror({ salt: "s", mirror: null, mirrorBp: 10_000 }, "p")).toBe(false);
});

test("without a candidate everything is stable; without a stable version there is none", () => {
  expect(chooseArm({ ...split(10_000), candidate: null }, "k")).toMatchObject({ arm: "stable", version: served });
  expect(chooseArm({ ...split(0), stable: null }, "k").version).toBeNull();
});
