"use client";

import { toast, Toaster as Base } from "sonner";
import { messageOf } from "@/lib/core/errors";
import { isApiProblem } from "@/lib/http/api-client";
import { Icon } from "./icon";

/** Place once in the root layout. */
export function Toaster() {
  return (
    <Base
      position="bottom-right"
      gap={8}
      mobileOffset={{ bottom: 72 }}
      icons={{ success: <Icon name="okc" className="text-ok-line" />, error: <Icon name="octa" className="text-crit-line" />, info: <Icon name="info" className="text-info-line" />, close: <Icon name="x" size={12} /> }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast: "flex w-[356px] max-w-[calc(100vw-24px)] items-start gap-2.5 rounded-panel border border-line-2 bg-surface p-3 font-sans text-base text-fg shadow-float",
          title: "font-medium",
          description: "text-sm text-fg-2",
          actionButton: "ml-auto font-medium text-accent",
          icon: "mt-0.5",
        },
      }}
    />
  );
}

/** Toasts are for mutations alone; reads fail inside their panel. */
export const notify = {
  done: (message: string, description?: string) => toast.success(message, description === undefined ? {} : { description }),
  info: (message: string, description?: string) => toast.info(message, description === undefined ? {} : { description }),
  /** Shows what failed, why, and the request id. */
  problem: (message: string, error: unknown) => {
    const reason = messageOf(error);
    const request = isApiProblem(error) && error.requestId !== undefined ? ` Request ${error.requestId}` : "";
    return toast.error(message, { description: `${reason}${request}`, duration: 10_000 });
  },
};

/** Runs what a button starts and has no place of its own for a failure; a failure becomes a toast. Never rejects. */
export const attempt = async (title: string, work: () => Promise<unknown>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    notify.problem(title, error);
  }
};
