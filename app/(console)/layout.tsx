/** Pages of the console: never prerendered, each request is somebody's. The frame (ConsoleShell) comes with the workspace below. */
export const dynamic = "force-dynamic";

export default function ConsoleLayout({ children }: Readonly<{ children: React.ReactNode }>) {
  return children;
}
