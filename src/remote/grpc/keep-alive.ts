import type { ClientHttp2Session } from 'node:http2';

const intervalMs = 10_000;
const timeoutMs = 3_000;

/** Ends a connection whose other end does not answer, with its calls: TCP alone notices after minutes. */
export function keepAlive(session: ClientHttp2Session): void {
  let timeout: NodeJS.Timeout | undefined;
  const ping = () => {
    // a destroyed session throws, and its `close` comes later
    if (session.destroyed) return;
    timeout = setTimeout(() => session.destroy(new Error('no answer to a ping')), timeoutMs).unref();
    session.ping(() => clearTimeout(timeout));
  };
  const timer = setInterval(ping, intervalMs).unref();
  session.once('close', () => {
    clearInterval(timer);
    clearTimeout(timeout);
  });
}
