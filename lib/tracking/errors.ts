import { AppError, type ErrorKind } from "@/lib/core/errors";

/** A failure whose MLflow error code is not the usual one of its kind. */
export const mlflowError = (kind: ErrorKind, errorCode: string, message: string): AppError => new AppError(kind, `mlflow.${errorCode.toLowerCase()}`, message, { details: { errorCode } });

export const missing = (message: string): AppError => mlflowError("not_found", "RESOURCE_DOES_NOT_EXIST", message);
export const invalid = (message: string): AppError => mlflowError("invalid", "INVALID_PARAMETER_VALUE", message);
export const exists = (message: string): AppError => mlflowError("invalid", "RESOURCE_ALREADY_EXISTS", message);
