/** Compiled by the type check, never run: what a client gives is what the handler gives. */
import type { Client } from '../../src/client/client.js';
import { createClient } from '../../src/client/create-client.js';
import { DeleteUser, GetMe, GetUser, ListUsers } from '../../src/modules/users/contract/index.js';

export async function outputsOfAClientAreTyped(client: Client): Promise<void> {
  const user = await client.execute(new GetUser({ id: 'an id' }));
  user.email satisfies string;
  // @ts-expect-error the view has no such field
  user.password;
  const { items, pageMeta } = await client.execute(new ListUsers());
  items satisfies readonly { readonly name?: string | undefined }[];
  pageMeta.totalItems satisfies number;
  const nothing = await client.execute(new DeleteUser({ id: user.id }), { idempotencyKey: 'once', timeoutMs: 500 });
  // @ts-expect-error an empty output has no fields
  nothing.id;
  // @ts-expect-error only operations are executed
  await client.execute({ input: {} });
  // @ts-expect-error not an option of a call
  await client.execute(new GetMe(), { token: 'x' });
}

// @ts-expect-error not a protocol
createClient({ protocol: 'soap', url: 'http://127.0.0.1' });
