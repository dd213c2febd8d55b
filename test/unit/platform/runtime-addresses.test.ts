import { describe, expect, it } from "vitest";

import { openRuntimeAddresses } from "@/lib/platform/runtime-addresses";
import { testEnv } from "@/test/support/deps";

const rules = (given: Record<string, string> = {}) => openRuntimeAddresses(testEnv("postgres://u@127.0.0.1:54321/slipway", "/nowhere", given));

describe("addresses of model servers", () => {
  it.each([
    ["http://127.0.0.1:5001", null],
    ["http://localhost:5001/base", null],
    ["http://[::1]:5001", null],
    ["http://8.8.8.8", null],
    ["http://models.example.org:5001", null],
    ["http://127.0.0.1:3000", /belongs to Slipway/],
    ["http://localhost:3001", /belongs to Slipway/],
    ["http://127.0.0.1:54321", /belongs to Slipway/],
    ["http://2130706433:3002", /belongs to Slipway/],
    ["http://[::ffff:127.0.0.1]:5001", /may never be called/],
    ["http://169.254.169.254/latest", /may never be called/],
    ["http://[fe80::1]:5001", /may never be called/],
    ["http://0.0.0.0:5001", /may never be called/],
    ["http://100.100.100.200", /may never be called/],
    ["http://[fd00:ec2::254]", /may never be called/],
    ["http://10.1.2.3:5001", /private address.*SLIPWAY_RUNTIME_ALLOWED_HOSTS/],
    ["http://192.168.1.1", /private address/],
    ["ftp://127.0.0.1", /Only http/],
    ["http://user:secret@127.0.0.1:5001", /no user name/],
    ["http://127.0.0.1:5001?x=1", /no query/],
    ["nothing", /no address/],
  ])("%s", (url, expected) => {
    const problem = rules().problemOf(url);
    if (expected === null) expect(problem).toBeNull();
    else expect(problem).toMatch(expected);
  });

  it("opens private networks and names by the setting alone", () => {
    const { check, problemOf } = rules({ SLIPWAY_RUNTIME_ALLOWED_HOSTS: "10.0.0.0/8, 192.168.7.7, *.svc.cluster.local, scoring, 169.254.0.0/16" });
    expect(problemOf("http://10.1.2.3:5001")).toBeNull();
    expect(problemOf("http://192.168.7.7:5001")).toBeNull();
    expect(problemOf("http://192.168.7.8:5001")).toMatch(/private/);
    expect(problemOf("http://127.0.0.1:5001")).toMatch(/private/);
    expect(problemOf("http://169.254.169.254")).toMatch(/never/);
    expect(check("172.16.0.9", "fraud.svc.cluster.local", 80)).toBeNull();
    expect(check("172.16.0.9", "scoring", 80)).toBeNull();
    expect(check("172.16.0.9", "other", 80)).toMatch(/private/);
    expect(check("169.254.169.254", "scoring", 80)).toMatch(/never/);
    expect(check("127.0.0.1", "scoring", 3000)).toMatch(/Slipway/);
  });

  it("keeps the loopback closed where the installation is not local", () => {
    expect(rules({ SLIPWAY_HOST: "0.0.0.0" }).problemOf("http://127.0.0.1:5001")).toMatch(/private/);
  });
});
