import type { JsonSchema } from './schema-changes.js';
import type { Endpoint, Surface } from './surface.js';

interface Reference {
  readonly $ref: string;
}
interface Message {
  readonly headers?: JsonSchema;
  readonly payload: JsonSchema;
}
interface Channel {
  readonly address: string | null;
  readonly messages: Readonly<Record<string, Message>>;
}
interface Operation {
  readonly channel: Reference;
  readonly messages: readonly Reference[];
  readonly security?: readonly unknown[];
  readonly reply: {
    readonly address?: { readonly location: string };
    readonly channel: Reference;
    readonly messages: readonly Reference[];
  };
}
interface AsyncApi {
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** What a WebSocket or MQTT client relies on. */
export function asyncApiSurface(text: string): Surface {
  const root = JSON.parse(text) as AsyncApi;
  const endpoints = Object.entries(root.operations).map(([name, operation]) => [name, endpoint(operation, root)]);
  return { endpoints: Object.fromEntries(endpoints), root };
}

function endpoint({ channel, messages, security, reply }: Operation, root: AsyncApi): Endpoint {
  const sent = messages.map((reference) => messageAt(reference, root));
  const received = reply.messages.map((reference) => [nameOf(reference), messageAt(reference, root).payload]);
  return {
    facts: {
      address: String(root.channels[nameOf(channel)]?.address),
      'reply address': String(reply.address?.location ?? root.channels[nameOf(reply.channel)]?.address),
    },
    input: {
      properties: Object.assign({}, ...sent.map(({ headers, payload }) => ({ payload, ...(headers && { headers }) }))),
      required: security ? ['a token'] : [],
    },
    output: { properties: Object.fromEntries(received) },
  };
}

const nameOf = ({ $ref }: Reference): string => $ref.slice($ref.lastIndexOf('/') + 1);

function messageAt({ $ref }: Reference, { channels }: AsyncApi): Message {
  const [, , channel = '', , message = ''] = $ref.split('/');
  const found = channels[channel]?.messages[message];
  if (!found) throw new Error(`${$ref} leads nowhere`);
  return found;
}
