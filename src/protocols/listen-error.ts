export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Throws ListenError when the port is in use. */
export async function opened<T>(opening: Promise<T>, protocol: string, variable: string, address: string): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!String(error).includes('EADDRINUSE')) throw error;
    const message = `${protocol} cannot listen on ${address} (the port is taken); set ${variable} to a free port`;
    throw new ListenError(message, { cause: error });
  }
}

/** Waits for all listeners. The error names every port that is in use. */
export async function allOpened(opening: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(opening);
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  const other = errors.find((error) => !(error instanceof ListenError));
  if (other) throw other;
  if (errors.length > 0) throw new ListenError(errors.map(({ message }) => message).join('\n'), { cause: errors });
}
