import { describe, expect, it } from "vitest";
import { shortDigest } from "@/components/ui/digest";
import { initialsOf } from "@/components/ui/avatar";
import { formatBytes, formatCompact, formatCount, formatMs, formatNumber, formatPercent, formatPoints, formatValue, formatFigure } from "@/components/ui/format";
import { formatAbsolute, formatClock, formatDuration, formatRelative, formatShort } from "@/components/ui/format-time";

const narrow = "\u202f";

describe("numbers as the design writes them", () => {
  it.each([
    [formatNumber(48216), `48${narrow}216`],
    [formatNumber(1234567, 0), `1${narrow}234${narrow}567`],
    [formatNumber(0.912), "0.912"],
    [formatNumber(-0.018, 3), "\u22120.018"],
    [formatNumber(-0.0001, 2), "0.00"],
    [formatNumber(0.5, 1, true), "+0.5"],
    [formatNumber(null), "—"],
    [formatNumber(Number.NaN), "—"],
    [formatPercent(0.041), "4.1 %"],
    [formatPercent(null), "—"],
    [formatPoints(-0.009), "\u22120.9 pp"],
    [formatPoints(0.0001, 2), "+0.01 pp"],
    [formatMs(84), "84 ms"],
    [formatMs(1834), "1.8 s"],
    [formatMs(0.42), "0.4 ms"],
    [formatBytes(14_200_000), "14.2 MB"],
    [formatBytes(999), "999 B"],
    [formatCompact(118), "118"],
    [formatCompact(48_213), "48.2 k"],
    [formatCompact(999_900), "1 M"],
    [formatCompact(1_310_000), "1.31 M"],
    [formatCount(1, "request"), "1 request"],
    [formatCount(2400, "request"), `2${narrow}400 requests`],
    [formatValue(0.25, { kind: "percent", digits: 0 }), "25 %"],
  ])("%s", (actual, expected) => expect(actual).toBe(expected));
});

describe("times", () => {
  const now = Date.parse("2026-11-12T14:32:10Z");
  const ago = (ms: number) => formatRelative(new Date(now - ms), now);
  it("is relative in one unit", () => {
    expect([ago(2_000), ago(40_000), ago(5 * 60_000), ago(3 * 3_600_000), ago(-300_000)]).toEqual(["now", "40 s ago", "5 min ago", "3 h ago", "in 5 min"]);
    expect([formatDuration(420), formatDuration(47 * 3_600_000), formatDuration(72 * 3_600_000)]).toEqual(["420 ms", "47 h", "3 d"]);
  });
  it("names the zone in absolute times and the year only when it differs", () => {
    expect(formatAbsolute(new Date(now), "UTC")).toBe("12 Nov 2026, 14:32:10 UTC");
    expect(formatShort(new Date(now), now, "UTC")).toBe("12 Nov, 14:32");
    expect(formatShort(new Date("2025-01-02T03:04:05Z"), now, "UTC")).toBe("2 Jan 2025, 03:04");
    expect(formatClock(new Date(now - 60_000), now, "UTC")).toBe("14:31");
    expect(formatClock(new Date(now - 86_400_000), now, "UTC")).toBe("11 Nov, 14:32");
  });
});

describe("digests and initials", () => {
  it("cuts the middle and keeps prefixes", () => {
    expect(shortDigest("sha256:9c41aabbccddeeffe07b")).toBe("sha256:9c41…e07b");
    expect(shortDigest("rol_0190aabbccddeeff")).toBe("rol_0190…eeff");
    expect(shortDigest("short")).toBe("short");
  });
  it("takes two letters", () => {
    expect([initialsOf("Ines Novak"), initialsOf("teo"), initialsOf("oskar.lind@example.org"), initialsOf("")]).toEqual(["IN", "TE", "OL", ""]);
  });
});

describe("measured figures", () => {
  it.each([[0.812, "0.8120"], [12.3456, "12.35"], [0, "0"], [48_213, "48\u202f213"], [-0.000123, "\u22120.000123"], [0.00451, "0.00451"], [1.234e-12, "1.23e\u221212"], [9.87654321e18, "9.88e18"], [NaN, "NaN"], [Infinity, "∞"], [-Infinity, "\u2212∞"]])("%s reads %s", (value, text) => expect(formatFigure(value)).toBe(text));
  it("gives differences their sign", () => expect([0.0027, -0.0001, 2e-9, 0].map((value) => formatFigure(value, true))).toEqual(["+0.00270", "\u22120.000100", "+2.00e\u22129", "0"]));
});
