"use client";

import { useCallback, useEffect, useRef, useState, type RefObject, type SubmitEvent } from "react";
import { type ApiProblem, isApiProblem } from "@/lib/http/api-client";
import { useWork } from "./use-work";

export type Complaints<Field extends string> = { readonly [Name in Field]?: string | undefined };

export type SubmitOptions<Checked extends string, Told extends string> = {
  /** Sends the form, then refreshes, says so and closes. What it throws becomes the failure. */
  send: () => Promise<unknown>;
  /** What is wrong with the fields as they stand. Told from the first attempt on; nothing is sent while there is any. */
  complaints?: Complaints<Checked> | undefined;
  /** Further fields that tell what the server says of them. */
  fields?: readonly Told[] | undefined;
  /** What a refusal says of a field, where the API's names aren't the form's. */
  reasonFor?: ((problem: ApiProblem, field: Checked | Told) => string | undefined) | undefined;
  /** Sending goes on to another page: busy until that one is there. */
  leaves?: boolean | undefined;
};

export type Submission<Field extends string = never> = {
  isPending: boolean;
  /** What no field tells; undefined when there is nothing to say. */
  failure: unknown;
  /** The line under a field. */
  errorOf: (field: Field) => string | undefined;
  submit: () => void;
  reset: () => void;
  /** For the `<form>`: our own lines stand in for the browser's bubbles, and the first wrong field gets the focus. */
  formProps: { ref: RefObject<HTMLFormElement | null>; noValidate: true; onSubmit: (event: SubmitEvent<HTMLFormElement>) => void };
};

const byName = (problem: ApiProblem, field: string): string | undefined => problem.reasonFor(field);

/** The one way of a form: check, send once, tell each field what is wrong with it and the form what no field tells. */
export const useSubmit = <Checked extends string = never, Told extends string = never>({ send, complaints, fields = [], reasonFor = byName, leaves }: SubmitOptions<Checked, Told>): Submission<Checked | Told> => {
  const { isPending, failure, run, reset: resetWork } = useWork();
  const form = useRef<HTMLFormElement>(null);
  const [isTried, setTried] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const checked = new Map(Object.entries(complaints ?? {}) as [Checked | Told, string | undefined][]);
  const reasonOf = (field: Checked | Told) => (isApiProblem(failure) ? reasonFor(failure, field) : undefined);
  const isToldByField = [...fields, ...checked.keys()].some((field) => reasonOf(field) !== undefined);

  useEffect(() => {
    if (refusals > 0 || failure !== undefined) form.current?.querySelector<HTMLElement>("[aria-invalid], [data-invalid] input:enabled")?.focus();
  }, [refusals, failure]);

  const submit = () => {
    setTried(true);
    if ([...checked.values()].some((complaint) => complaint !== undefined)) {
      setRefusals((count) => count + 1);
      return;
    }
    void run(async () => {
      await send();
      setTried(false);
    }, { leaves });
  };
  const reset = useCallback(() => {
    resetWork();
    setTried(false);
    setRefusals(0);
  }, [resetWork]);
  return {
    isPending,
    failure: isToldByField ? undefined : failure,
    errorOf: (field) => (isTried ? checked.get(field) : undefined) ?? reasonOf(field),
    submit,
    reset,
    formProps: {
      ref: form,
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault();
        submit();
      },
    },
  };
};
