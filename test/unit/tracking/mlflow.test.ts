import { Readable } from "node:stream";

import { describe, expect, test } from "vitest";

import { AppError } from "@/lib/core/errors";
import { checkKey } from "@/lib/tracking/limits";
import { readBody } from "@/lib/tracking/mlflow/body";
import { readInput } from "@/lib/tracking/mlflow/input";
import { compact, describeError, writeJson } from "@/lib/tracking/mlflow/output";

const bodyOf = (text: string, type = "application/json") => readBody({ headers: new Headers({ "content-type": type, "transfer-encoding": "chunked" }), body: Readable.from([Buffer.from(text)]) }, 100_000);

describe("the wire", () => {
  test("writes integers as numbers and what JSON lacks as texts", () => {
    expect(writeJson({ a: 12n, b: NaN, c: -Infinity, d: 0.1, e: "", f: {} })).toBe('{"a":12,"b":"NaN","c":"-Infinity","d":0.1,"e":"","f":{}}');
    expect(compact({ a: undefined, b: null, c: [], d: "", e: {}, f: 0 })).toEqual({ d: "", e: {}, f: 0 });
  });

  test("reads bare NaN outside of texts, JSON within JSON, and nothing", async () => {
    expect(await bodyOf('{"a": NaN, "b": -Infinity, "c": "NaN \\" Infinity"}')).toEqual({ a: "NaN", b: "-Infinity", c: 'NaN " Infinity' });
    expect(await bodyOf(JSON.stringify('{"a":1}'))).toEqual({ a: 1 });
    expect(await bodyOf("null")).toEqual({});
    expect(await readBody({ headers: new Headers(), body: Readable.from([]) }, 10)).toEqual({});
  });

  test("keeps integers of 64 bits exact where it is asked to, and touches no other number and no text", async () => {
    const text = '{"a":9007199254740993,"b":[-9223372036854775808 ,"x: 12345678901234567, y"],"c":0.12345678901234567,"d":1e1234567890123456,"e":12345678901234567.5,"f":1700000000000}';
    const headers = new Headers({ "content-type": "application/json", "transfer-encoding": "chunked" });
    const fields = await readBody({ headers, body: Readable.from([Buffer.from(text)]), keepsLongs: true }, 1_000);
    expect(fields).toEqual({ a: "9007199254740993", b: ["-9223372036854775808", "x: 12345678901234567, y"], c: 0.12345678901234567, d: Infinity, e: 12345678901234567.5, f: 1_700_000_000_000 });
    const input = readInput({ ...fields, max: "9223372036854775807", over: "9223372036854775808", small: "0000000000000007", plain: 7, half: "1.5" });
    expect([input.long("a"), input.long("max"), input.long("small"), input.long("plain"), input.long("none")]).toEqual([9_007_199_254_740_993n, 9_223_372_036_854_775_807n, 7, 7, undefined]);
    for (const name of ["over", "half"]) expect(() => input.long(name)).toThrow("Invalid value");
    expect(() => input.needLong("none")).toThrow("Missing value for required parameter 'none'.");
  });

  test("refuses what is no JSON object, too large, or of another type", async () => {
    await expect(bodyOf("{")).rejects.toMatchObject({ kind: "invalid", details: { errorCode: "BAD_REQUEST" } });
    await expect(bodyOf("[1]")).rejects.toMatchObject({ kind: "invalid" });
    await expect(bodyOf("a=1", "application/x-www-form-urlencoded")).rejects.toMatchObject({ kind: "invalid" });
    await expect(bodyOf(`{"a":"${"x".repeat(100_001)}"}`)).rejects.toMatchObject({ kind: "invalid" });
  });

  test("takes numbers as texts, enums by name or number, ids as numbers", () => {
    const input = readInput({ experiment_id: 7, step: "3", value: "NaN", big: "1e3", status: 3, view: "ALL", flag: "TRUE", none: null });
    expect(input.need("experiment_id")).toBe("7");
    expect(input.int("step")).toBe(3);
    expect(input.needDouble("value")).toBeNaN();
    expect(input.needDouble("big")).toBe(1_000);
    expect(input.choice("status", ["RUNNING", "SCHEDULED", "FINISHED"])).toBe("FINISHED");
    expect(input.choice("view", ["ACTIVE_ONLY", "ALL"])).toBe("ALL");
    expect(input.flag("flag")).toBe(true);
    expect(input.text("none")).toBeUndefined();
  });

  test.each([
    [(): unknown => readInput({}).need("run_id"), "Missing value for required parameter 'run_id'."],
    [(): unknown => readInput({ name: "" }).need("name"), "Missing value for required parameter 'name'."],
    [(): unknown => readInput({ metrics: [{ key: "a" }] }).items("metrics")[0]?.needDouble("value"), "Missing value for required parameter 'metrics[0].value'."],
    [(): unknown => readInput({ value: "x" }).needDouble("value"), "Invalid value \"x\" for parameter 'value' supplied:  Hint: Value was of type 'str'."],
    [(): unknown => readInput({ value: true }).needDouble("value"), "type 'bool'"],
    [(): unknown => readInput({ step: 1.5 }).int("step"), "type 'float'"],
    [(): unknown => readInput({ flag: "yes" }).flag("flag"), "Invalid value"],
    [(): unknown => readInput({ tags: "x" }).items("tags"), "parameter 'tags'"],
  ])("names the field that is wrong (%#)", (read, message) => {
    expect(read).toThrow(message);
  });

  test("gives each failure the code that clients branch on, and never a 5xx for theirs", () => {
    expect(describeError(new AppError("not_found", "x", "gone"))).toEqual({ status: 404, body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "gone" } });
    expect(describeError(new AppError("conflict", "model.exists", "taken"))).toMatchObject({ status: 400, body: { error_code: "RESOURCE_ALREADY_EXISTS" } });
    expect(describeError(new AppError("forbidden", "alias.protected", "no"))).toMatchObject({ status: 403, body: { error_code: "PERMISSION_DENIED" } });
    expect(describeError(new AppError("too_large", "blob.too_large", "no")).status).toBe(413);
  });
});

describe("names of metrics and params", () => {
  test.each(["loss", "val/loss", "a b:c-d.e_f", "ä"])("%j", (key) => {
    expect(checkKey(key, "metric")).toBe(key);
  });
  test.each(["/a", "a//b", "../a", "a/..", "./a", "a,b", "a\nb", "x".repeat(251)])("not %j", (key) => {
    expect(() => checkKey(key, "metric")).toThrow(/name/);
  });
});
