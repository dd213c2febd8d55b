const browsers: [RegExp, string][] = [[/Edg\//, "Edge"], [/OPR\//, "Opera"], [/Firefox\//, "Firefox"], [/Chrome\//, "Chrome"], [/Safari\//, "Safari"], [/curl\//, "curl"], [/python/i, "Python"], [/node|undici/i, "Node.js"]];
const systems: [RegExp, string][] = [[/Windows/, "Windows"], [/iPhone|iPad/, "iOS"], [/Android/, "Android"], [/Mac OS X/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"]];

const first = (table: [RegExp, string][], text: string): string | undefined => table.find(([pattern]) => pattern.test(text))?.[1];

/** Names the program and system of a User-Agent header in words, good enough to recognise one's own device. */
export const deviceOf = (userAgent: string): string => {
  const browser = first(browsers, userAgent) ?? "Unknown program";
  const system = first(systems, userAgent);
  return system ? `${browser} on ${system}` : browser;
};
