import { MalformedRequest, PayloadTooLarge, UnsupportedMediaType } from '../../contract/built-in-failures.js';
import { Failure, type FailureClass } from '../../contract/failure.js';

const byStatus: Readonly<Record<number, FailureClass>> = {
  413: PayloadTooLarge,
  415: UnsupportedMediaType,
};

/** The failure for a status that Fastify or Nest refused a request with; undefined for an error of ours. */
export function refusal(status: number, detail?: string): Failure | undefined {
  if (status < 400 || status >= 500) return undefined;
  const Refusal = byStatus[status] ?? MalformedRequest;
  return new Refusal(detail === undefined ? {} : { detail });
}

/** Fastify's own refusals (bad JSON, a bad URL, a body cut short) as failures; undefined for what is no refusal. */
export function fastifyFailure(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error;
  if (error instanceof SyntaxError) return new MalformedRequest();
  const { statusCode } = error as { statusCode?: number };
  return statusCode === undefined ? undefined : refusal(statusCode);
}
