import { randomBytes, randomInt } from "node:crypto";

const adjectives = ["able", "bold", "brisk", "calm", "clear", "deft", "eager", "fair", "firm", "fleet", "fresh", "gentle", "grand", "hardy", "keen", "kind", "lively", "lucid", "merry", "neat", "noble", "placid", "quick", "quiet", "rapid", "ready", "rustic", "sage", "sleek", "smart", "solid", "spry", "steady", "stout", "sunny", "swift", "tidy", "vivid", "warm", "wise"];
const nouns = ["auk", "bear", "carp", "crane", "crow", "deer", "dove", "duck", "eel", "elk", "finch", "fox", "gnu", "goat", "grouse", "gull", "hare", "hawk", "heron", "horse", "jay", "koi", "lark", "lynx", "mole", "moose", "newt", "otter", "owl", "panda", "perch", "ray", "seal", "shrew", "skink", "snail", "stork", "swan", "tern", "trout", "whale", "wren", "yak", "zebra"];

const pick = (words: readonly string[]): string => words[randomInt(words.length)] ?? "";

/** A name for what its maker left unnamed: `brisk-otter-412`. */
export const inventName = (): string => `${pick(adjectives)}-${pick(nouns)}-${randomInt(1_000)}`;

/** MLflow's form of an id: 32 lower-case hexadecimal digits. */
export const newHexId = (): string => randomBytes(16).toString("hex");
