/** Options of a query that polls while something is in flight and rests when the tab is hidden. */
export type PollOptions = { refetchInterval: number | false; refetchIntervalInBackground: false; refetchOnWindowFocus: true; staleTime: number };

/** Interval of things in flight, and of pages that only refresh. */
export const pollMs = { inFlight: 2_000, page: 30_000 } as const;

/** `useQuery({ …, ...pollWhile(isLive(rollout)) })`: every `intervalMs` (2 s) while `active`, else not at all; never in a hidden tab, at once when it is seen again. */
export const pollWhile = (active: boolean, intervalMs: number = pollMs.inFlight): PollOptions => ({
  refetchInterval: active ? intervalMs : false,
  refetchIntervalInBackground: false,
  refetchOnWindowFocus: true,
  staleTime: active ? 0 : 60_000,
});
