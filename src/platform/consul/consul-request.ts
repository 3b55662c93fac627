import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';

/** The client listens for its event `cancel`. */
class RequestContext extends EventEmitter {
  /** The client then resolves with the HTTP response and the body. */
  readonly includeResponse = true;
}

export interface ConsulResponse {
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export interface RequestOptions {
  readonly ctx: EventEmitter;
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

export const refusedStatus = (error: unknown): number | undefined =>
  answeredError.safeParse(error).data?.response.statusCode;
