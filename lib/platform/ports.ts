import { z } from "zod";

/** Ports that browsers and fetch never call, whatever listens there: the Fetch standard's "bad ports" (https://fetch.spec.whatwg.org/#port-blocking). */
export const badPorts: readonly number[] = [
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137,
  139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
  2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

const refuse = (context: z.RefinementCtx, port: number): void => {
  if (badPorts.includes(port)) context.addIssue({ code: "custom", message: `browsers and fetch refuse to call port ${port}, so nothing would reach what listens there; choose another port` });
};

/** Where one of our servers listens; 0 takes any that is free. */
export const listeningPort = (fallback: number) => z.coerce.number().int().min(0).max(65_535).superRefine((port, context) => refuse(context, port)).default(fallback);

/** An address at which one of our servers is called. */
export const httpAddress = z.string().regex(/^https?:\/\//).superRefine((address, context) => {
  if (URL.canParse(address)) refuse(context, Number(new URL(address).port));
});
