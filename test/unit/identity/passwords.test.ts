import { describe, expect, it } from "vitest";

import { isCommonPassword } from "@/lib/identity/common-passwords";
import { hashPassword, requireGoodPassword, verifyPassword } from "@/lib/identity/passwords";

describe("passwords", () => {
  it("verify against their own hash and no other", async () => {
    const hash = await hashPassword("four unrelated words here");
    expect(hash).toMatch(/^scrypt\$17\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await verifyPassword("four unrelated words here", hash)).toBe(true);
    expect(await verifyPassword("four unrelated words herE", hash)).toBe(false);
    expect(await hashPassword("four unrelated words here")).not.toBe(hash);
  }, 30_000);
  it("take as long to refuse without an account as with one", async () => {
    const hash = await hashPassword("four unrelated words here");
    const timeOf = async (stored: string | undefined) => {
      const startedMs = performance.now();
      await verifyPassword("wrong password here", stored);
      return performance.now() - startedMs;
    };
    const known = await timeOf(hash);
    const unknown = await timeOf(undefined);
    expect(unknown).toBeGreaterThan(known / 4);
  }, 30_000);
  it("are not cut off: the 129th character is refused, the 128th counts", async () => {
    expect(() => requireGoodPassword("x9 ".repeat(43))).toThrow(/at most 128/);
    const long = Array.from({ length: 128 }, (_, index) => String.fromCharCode(97 + ((index * 7 + (index >> 2)) % 26))).join("");
    expect(() => requireGoodPassword(long)).not.toThrow();
    const hash = await hashPassword(long);
    expect(await verifyPassword(`${long.slice(0, -1)}!`, hash)).toBe(false);
  }, 30_000);
  it.each(["password1234", "P@ssw0rd1234", "aaaaaaaaaaaa", "abcabcabcabc", "123456789012", "qwertyuiopas", "Welcome2026!", "correcthorsebatterystaple", "administrator1", "iloveyou1234"])("refuse %s", (password) => {
    expect(isCommonPassword(password, [])).toBe(true);
  });
  it.each(["violet anchors drift north", "Zug-7-fährt-nach-Ost", "kX9#mQ2$vL7pRt", "my dog eats tomatoes"])("accept %s", (password) => {
    expect(() => requireGoodPassword(password)).not.toThrow();
  });
  it("refuse short ones and one's own address", () => {
    expect(() => requireGoodPassword("short")).toThrow(/at least 12/);
    expect(() => requireGoodPassword("oskar.lindqvist@example.org", ["oskar.lindqvist@example.org"])).toThrow(/tried/);
  });
});
