process.stdout.write("Everything is built.\n");
