import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * What became of an answer, as far as this end of the line can tell. `sent`: it left whole. `received`: a further request came on its
 * connection, which clients send only after they have read the answer. `lost`: the connection ended first, or broke.
 */
export type Delivery = { state: "open" | "sent" | "received" | "lost" };

const newest = new WeakMap<Socket, Delivery>();

/** Notes that a request came on a connection: what was sent on it before has been received. */
export const noteRequest = ({ socket }: IncomingMessage): void => {
  const earlier = newest.get(socket);
  if (earlier?.state === "sent") earlier.state = "received";
};

/** Follows the answer to a request from now on. */
export const trackDelivery = ({ socket }: IncomingMessage, response: ServerResponse): Delivery => {
  const delivery: Delivery = { state: socket.destroyed || response.destroyed ? "lost" : "open" }; // whoever asks late is told all the same
  if (!newest.has(socket)) socket.once("close", (isBroken: boolean) => noteEnd(socket, isBroken)); // one listener a connection, however many requests come on it
  newest.set(socket, delivery);
  response.once("close", () => {
    if (delivery.state === "open") delivery.state = response.writableFinished ? "sent" : "lost";
  });
  return delivery;
};

const noteEnd = (socket: Socket, isBroken: boolean): void => {
  const last = newest.get(socket);
  if (last?.state === "open" || (last?.state === "sent" && isBroken)) last.state = "lost";
};
