/** A listener cannot be opened; the message says which variable to change. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** The result of opening a listener, or what to do about a port that another program has. */
export async function opened<T>(opening: Promise<T>, protocol: string, variable: string, address: string): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if (!String(error).includes('EADDRINUSE')) throw error;
    const message = `${protocol} cannot listen on ${address} (the port is taken); set ${variable} to a free port`;
    throw new ListenError(message, { cause: error });
  }
}
