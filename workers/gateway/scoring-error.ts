/** What is wrong with a request whose form has to be translated, for its sender. */
export class ScoringError extends Error {}
