import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

/** One request of the npm client. It wants an emitter for a context: with `cancel` it gives the request up. */
class RequestContext extends EventEmitter {
  /** Makes the client answer with the HTTP response beside the body. */
  readonly includeResponse = true;
}

export interface ConsulResponse {
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** What the client's methods take beyond what their types tell. */
export interface RequestOptions {
  readonly ctx: EventEmitter;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Rejects after `timeoutMs`, when `signal` is aborted, and for every status but 2xx. */
export async function consulRequest(
  send: (options: RequestOptions) => Promise<unknown>,
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<ConsulResponse> {
  signal.throwIfAborted();
  const ctx = new RequestContext();
  const cancel = () => ctx.emit('cancel');
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const [response, body] = (await send({ ctx, timeout: timeoutMs })) as [IncomingMessage, unknown];
    return { headers: response.headers, body };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

const answeredError = z.object({ response: z.object({ statusCode: z.number() }) });

/** The HTTP status of a request that Consul refused; undefined where there was no answer. */
export const refusedStatus = (error: unknown): number | undefined =>
  answeredError.safeParse(error).data?.response.statusCode;
