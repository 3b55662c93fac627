export const jsonRpcSubprotocol = 'jsonrpc.mstv.v1';
const bearerPrefix = 'bearer.';

/** What this server speaks: JSON-RPC, and GraphQL on its own route. */
const spoken: readonly string[] = [jsonRpcSubprotocol, 'graphql-transport-ws'];

/** Browsers can send a token in no other way than as a subprotocol, which must never be echoed. */
export const chooseSubprotocol = (offered: ReadonlySet<string>): string | false =>
  spoken.find((name) => offered.has(name)) ?? false;

/** `Bearer …` of the offered `bearer.<token>`. */
export function offeredBearer(header: string | undefined): string | undefined {
  const offered = header?.split(',').map((name) => name.trim());
  const bearer = offered?.find((name) => name.startsWith(bearerPrefix));
  return bearer && `Bearer ${bearer.slice(bearerPrefix.length)}`;
}
