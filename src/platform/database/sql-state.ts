interface DriverError {
  readonly originalMessage?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly kind?: unknown;
  readonly constraint?: unknown;
  readonly cause?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
}

/** Read-only transaction: on a standby, or by configuration. */
export const READ_ONLY = '25006';

const stateShape = /^(?=.*\d)[0-9A-Z]{5}$/;

/** The error and its causes, as Prisma and its adapter nest them, outermost first. */
function* layers(error: unknown): Generator<DriverError> {
  for (let layer = error; typeof layer === 'object' && layer !== null; ) {
    yield layer;
    const { meta, cause }: DriverError = layer;
    layer = meta?.driverAdapterError ?? cause;
  }
}

export function sqlState(error: unknown): string | undefined {
  for (const { originalCode, code } of layers(error)) {
    const found = [originalCode, code].find((value) => typeof value === 'string' && stateShape.test(value));
    if (typeof found === 'string' && !/^P[12]\d{3}$/.test(found)) return found;
  }
  return undefined;
}

export function violatedUnique(error: unknown): string | undefined {
  if (sqlState(error) !== '23505') return undefined;
  for (const { constraint } of layers(error)) {
    if (typeof constraint === 'string') return constraint;
    const index = (constraint as { index?: unknown } | undefined)?.index;
    if (typeof index === 'string') return index;
  }
  return undefined;
}

export function driverMessage(error: unknown): string {
  const messages = [...layers(error)].map(({ originalMessage, message }) => originalMessage ?? message);
  return String(messages.findLast((text) => typeof text === 'string' && text !== '') ?? error);
}

/** Codes of Prisma and the network, `P2028`, `ECONNREFUSED`; kinds of errors of the driver adapter. */
export function errorCodes(error: unknown, field: 'kind' | 'code' = 'code'): string[] {
  return [...layers(error)].map((layer) => layer[field]).filter((code) => typeof code === 'string');
}
