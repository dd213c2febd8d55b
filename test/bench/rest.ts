import { cpus } from "node:os";

const lookMs = 1_000;
const calmLooks = 3;
const maxLooks = 60;
const idleShare = 0.8;

const ticks = (): { idle: number; all: number } => {
  const times = cpus().map((cpu) => cpu.times);
  return { idle: times.reduce((sum, { idle }) => sum + idle, 0), all: times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0) };
};

/** Waits until the processors have rested for three seconds, or a minute: what servers do after a start or a flood is not what is measured next. */
export const rest = async (): Promise<void> => {
  for (let look = 0, calm = 0, before = ticks(); look < maxLooks && calm < calmLooks; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const now = ticks();
    calm = now.idle - before.idle > idleShare * (now.all - before.all) ? calm + 1 : 0;
    before = now;
  }
};
