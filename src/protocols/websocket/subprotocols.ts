export const jsonRpcSubprotocol = 'jsonrpc.mstv.v1';
const bearerPrefix = 'bearer.';

const supported: readonly string[] = [jsonRpcSubprotocol, 'graphql-transport-ws'];

/** Never echoes `bearer.<token>`, by which browsers send a token. */
export const chooseSubprotocol = (offered: ReadonlySet<string>): string | false =>
  supported.find((name) => offered.has(name)) ?? false;

export function offeredBearer(header: string | undefined): string | undefined {
  const offered = header?.split(',').map((name) => name.trim());
  const bearer = offered?.find((name) => name.startsWith(bearerPrefix));
  return bearer && `Bearer ${bearer.slice(bearerPrefix.length)}`;
}
