/** Dependency rules of ARCHITECTURE: every one an error. */
const slices = "identity|tracking|artifacts|registry|inspection|lineage|governance|audit|serving|rollouts|inference|monitoring|webhooks";
const no = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });
module.exports = {
  forbidden: [
    no("core-imports-nothing", "lib/core imports nothing of ours", { path: "^lib/core/" }, { path: "^(app|components|workers|bin|prisma|test|lib/(?!core/))" }),
    no("platform-imports-core", "lib/platform imports only core", { path: "^lib/platform/" }, { path: "^(app|components|workers|bin|test|lib/(?!core/|platform/))" }),
    no("stats-is-pure", "lib/stats imports only core", { path: "^lib/stats/" }, { path: "^(app|components|workers|bin|prisma|test|lib/(?!core/|stats/))" }),
    no("http-below-slices", "lib/http imports core, platform and the doors of identity and audit", { path: "^lib/http/" }, { path: `^(app|components|workers|bin|test|prisma|lib/(${slices})/(?!(index|server)\\.ts$))` }),
    no("slices-by-their-doors", "a slice imports another only through index or server", { path: `^lib/(${slices})/` }, { path: `^lib/(${slices})/(?!(index|server)\\.ts$)`, pathNot: "^lib/$1/" }),
    no("slices-below-edges", "lib never imports app, components, workers, bin", { path: "^lib/" }, { path: "^(app|components|workers|bin|test)/" }),
    no("workers-without-ui", "workers import lib, never app, components, next or react", { path: "^workers/" }, { path: "^(app|components|test)/|node_modules/(next|react|react-dom)/" }),
    no("components-without-server", "components never import server, store or platform", { path: "^components/" }, { path: "^(app|workers|bin|test|prisma)/|^lib/platform/|^lib/[^/]+/(server|store[^/]*|service[^/]*)\\.ts$|^lib/http/(?!api-client)" }),
    no("app-without-store", "app never imports a store, Prisma or BullMQ", { path: "^app/" }, { path: "^(workers|bin|test|prisma)/|^lib/[^/]+/store[^/]*\\.ts$|node_modules/(bullmq|@prisma)/" }),
    no("prisma-in-stores", "only stores and lib/platform/db import the generated client", { path: "^(app|components|workers|bin|lib)/", pathNot: "^lib/[^/]+/store[^/]*\\.ts$|^lib/platform/db/" }, { path: "^prisma/generated|node_modules/@prisma/" }),
    no("bullmq-in-queue", "only the queue adapter and the worker host import bullmq", { path: "^(app|components|workers|bin|lib)/", pathNot: "^lib/platform/queue/|^workers/runtime-host\\.ts$" }, { path: "node_modules/bullmq/" }),
    no("next-auth-in-identity", "only lib/identity, the auth route and the sign-in form import next-auth", { path: "^(app|components|workers|bin|lib)/", pathNot: "^lib/identity/|^app/api/auth/|^components/identity/" }, { path: "node_modules/next-auth/" }),
    no("tests-by-tests", "tests are imported by tests alone", { path: "^(app|components|workers|bin|lib)/" }, { path: "^test/" }),
    no("no-cycles", "no import cycles", {}, { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } }),
    no("resolvable", "every import resolves", { path: "^(app|components|workers|bin|lib|test)/" }, { couldNotResolve: true }),
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules|prisma/generated" },
    exclude: { path: "\\.next|\\.css$" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"], extensions: [".ts", ".tsx", ".mjs", ".js", ".json"] },
  },
};
