/** One value a process: Next bundles instrumentation and routes apart, and each bundle has module state of its own. */
export const processWide = <T>(name: string, make: () => T): T => {
  const key = Symbol.for(`slipway.web.${name}`);
  const globals = globalThis as unknown as Record<symbol, T | undefined>;
  return (globals[key] ??= make());
};
