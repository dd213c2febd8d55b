import { stopWithSupervisor } from "@/lib/platform/process";

// Loaded before every program that the supervisor starts.
stopWithSupervisor();
