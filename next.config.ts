import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  skipTrailingSlashRedirect: true,
  typedRoutes: false,
  devIndicators: false,
  serverExternalPackages: ["bullmq", "ioredis", "pino", "pg", "@prisma/client", "@prisma/adapter-pg"],
};

export default config;
