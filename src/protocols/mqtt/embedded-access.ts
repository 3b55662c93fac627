import type { AedesOptions, AuthenticateError, Client, PublishPacket } from 'aedes';
import { type DropLog, retainedRequest } from './drop-log.js';
import type { EmbeddedPeer } from './embedded-peer.js';
import { isUsableClientId, type Topics } from './topics.js';

interface AccessOptions {
  readonly topics: Topics;
  readonly peerOf: (client: Client) => EmbeddedPeer;
  readonly drops: DropLog;
  /** Will be acknowledged, then delivered. */
  readonly accepted: () => void;
}

const identifierRejected = 2;
const discardTopic = '$dropped';

/** Anyone may connect, send requests and receive replies; nothing else. */
export function accessHooks({ topics, peerOf, drops, accepted }: AccessOptions): AedesOptions {
  /** Clients without an id that request a session: refused [MQTT-3.1.3-8], although Aedes assigns an id. */
  const withoutId = new WeakSet<Client>();
  return {
    /** Always clean: replies to absent clients would fill the memory. */
    preConnect(client, packet, callback) {
      if (packet.clientId === '' && !packet.clean) withoutId.add(client);
      packet.clean = true;
      callback(null, true);
    },

    authenticate(client, _username, _password, callback) {
      if (isUsableClientId(client.id) && !withoutId.has(client)) callback(null, true);
      else callback(rejected(), false);
    },

    /** Drops the message: a refusal would close the connection, and clients resend for ever. */
    authorizePublish(client, packet, callback) {
      const reason = client && dropReason(packet, topics);
      if (reason) {
        peerOf(client).admit();
        drops.add(reason, { topic: packet.topic, client: client.id });
        Object.assign(packet, { topic: discardTopic, payload: '', retain: false });
      }
      if (client) accepted();
      callback(null);
    },

    authorizeSubscribe(client, subscription, callback) {
      const peer = peerOf(client);
      const isLimited = peer.admit() !== undefined;
      const isAllowed = !isLimited && topics.isReadableBy(client.id, subscription.topic);
      callback(null, isAllowed && peer.subscribe(subscription.topic) ? subscription : null);
    },
  };
}

function dropReason({ topic, retain }: PublishPacket, { requests }: Topics): string | undefined {
  if (!topic.startsWith(requests)) return 'a message on a topic that is not of requests';
  return retain ? retainedRequest : undefined;
}

const rejected = (): AuthenticateError =>
  Object.assign(new Error('A client id has 1 to 128 characters other than / + # and control characters'), {
    returnCode: identifierRejected,
  });
