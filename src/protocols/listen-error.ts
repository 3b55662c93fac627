/** Its message says which variable to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Throws ListenError for a port that another program has. */
export async function opened<T>(opening: Promise<T>, protocol: string, variable: string, address: string): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!String(error).includes('EADDRINUSE')) throw error;
    const message = `${protocol} cannot listen on ${address} (the port is taken); set ${variable} to a free port`;
    throw new ListenError(message, { cause: error });
  }
}

/** Waits for every listener. Its error names all the ports that are taken. */
export async function allOpened(opening: readonly Promise<unknown>[]): Promise<void> {
  const outcomes = await Promise.allSettled(opening);
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const other = errors.find((error) => !(error instanceof ListenError));
  if (other) throw other;
  if (errors.length > 0) throw new ListenError(errors.map(({ message }) => message).join('\n'), { cause: errors });
}
