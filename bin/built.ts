import { buildConsole } from "./support/build-console";
import { runCommand } from "./support/fail";

await runCommand(async () => {
  await buildConsole();
  process.stdout.write("Everything is built.\n");
  return 0;
});
