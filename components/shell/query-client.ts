import { QueryClient } from "@tanstack/react-query";
import { isApiProblem } from "@/lib/http/api-client";

const create = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        // A refusal stays a refusal; only lost connections and server faults are worth another try.
        retry: (failures, error) => failures < 2 && (!isApiProblem(error) || error.status === 0 || error.status >= 500),
      },
    },
  });

let browserClient: QueryClient | undefined;

/** One client per request on the server, one for the tab in the browser. */
export const getQueryClient = (): QueryClient => (typeof window === "undefined" ? create() : (browserClient ??= create()));
