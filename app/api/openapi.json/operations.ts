import * as artifacts from "@/lib/artifacts";
import * as audit from "@/lib/audit";
import * as governance from "@/lib/governance";
import { collectOperations } from "@/lib/http/openapi";
import * as identity from "@/lib/identity";
import * as inference from "@/lib/inference";
import * as monitoring from "@/lib/monitoring";
import * as registry from "@/lib/registry";
import * as rollouts from "@/lib/rollouts";
import * as serving from "@/lib/serving";
import * as storage from "@/lib/storage";
import * as tracking from "@/lib/tracking";
import * as webhooks from "@/lib/webhooks";

/** Every call of the Slipway API, gathered from the slices. */
export const operations = collectOperations([identity, artifacts, tracking, registry, governance, serving, rollouts, inference, monitoring, webhooks, storage, audit]);
