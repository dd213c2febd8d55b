import { describe, expect, it } from "vitest";

import { newId } from "@/lib/core/ids";
import { readSessionId, sealSession, sessionCookieName } from "@/lib/identity/session-cookie";

const envOf = (publicUrl: string, key = 1) => ({ publicUrl, secretKey: Buffer.alloc(32, key) });

describe("session cookie", () => {
  it("is bound to the host and Secure exactly when people come by https", () => {
    expect(sessionCookieName(envOf("https://slipway.example.org"))).toBe("__Host-slipway.session");
    expect(sessionCookieName(envOf("http://127.0.0.1:3000"))).toBe("slipway.session");
  });
  it("opens with its own key alone and fits into a cookie", async () => {
    const env = envOf("http://127.0.0.1:3000");
    const id = newId();
    const value = await sealSession(env, id);
    expect(value.length).toBeLessThan(1000);
    expect(await readSessionId(env, `other=1; slipway.session=${value}`)).toBe(id);
    expect(await readSessionId(envOf("http://127.0.0.1:3000", 2), `slipway.session=${value}`)).toBeUndefined();
    expect(await readSessionId(env, `slipway.session=${value.slice(0, -4)}aaaa`)).toBeUndefined();
    expect(await readSessionId(env, "slipway.session=eyJhbGciOiJub25lIn0.e30.")).toBeUndefined();
    expect(await readSessionId(env, null)).toBeUndefined();
  });
});
