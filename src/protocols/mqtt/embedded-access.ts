import type { AedesOptions, AuthenticateError, Client, PublishPacket } from 'aedes';
import { type DropLog, retainedRequest } from './drop-log.js';
import type { EmbeddedPeer } from './embedded-peer.js';
import { isUsableClientId, type ReplyTopics } from './topics.js';

interface AccessOptions {
  readonly topicPrefix: string;
  readonly replyTopics: ReplyTopics;
  readonly peerOf: (client: Client) => EmbeddedPeer;
  readonly drops: DropLog;
  /** A message of this client will be acknowledged, then handed over. */
  readonly accepted: (client: Client) => void;
}

type AccessHooks = Pick<
  AedesOptions,
  'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'
>;

const identifierRejected = 2;
/** Nobody can subscribe to it. */
const discardTopic = '$dropped';

/** Anyone may connect, send requests and read the replies to them, and nothing else. */
export function accessHooks({ topicPrefix, replyTopics, peerOf, drops, accepted }: AccessOptions): AccessHooks {
  const requests = `${topicPrefix}/rpc/`;
  /** Refused [MQTT-3.1.3-8]: they ask for a session and have no id. Aedes makes one for them. */
  const withoutId = new WeakSet<Client>();
  return {
    /** Always a clean session: replies to clients that left would pile up in memory. */
    preConnect(client, packet, callback) {
      if (packet.clientId === '' && !packet.clean) withoutId.add(client);
      packet.clean = true;
      callback(null, true);
    },

    authenticate(client, _username, _password, callback) {
      if (isUsableClientId(client.id) && !withoutId.has(client)) callback(null, true);
      else callback(rejected(), false);
    },

    /** Drops and does not refuse: a refusal closes the connection, and clients send the same message again for ever. */
    authorizePublish(client, packet, callback) {
      const fault = client && publishFault(packet, requests);
      if (fault) {
        peerOf(client).admit();
        drops.add(fault, { topic: packet.topic, client: client.id });
        Object.assign(packet, { topic: discardTopic, payload: '', retain: false });
      }
      if (client) accepted(client);
      callback(null);
    },

    authorizeSubscribe(client, subscription, callback) {
      const peer = peerOf(client);
      const isRefused = peer.admit() !== undefined || !subscription.topic.startsWith(replyTopics.rootOf(client.id));
      callback(null, !isRefused && peer.subscribe(subscription.topic) ? subscription : null);
    },

    authorizeForward(client, packet) {
      return packet.topic.startsWith(replyTopics.rootOf(client.id)) ? packet : null;
    },
  };
}

function publishFault({ topic, retain }: PublishPacket, requests: string): string | undefined {
  if (!topic.startsWith(requests)) return 'a message on a topic that is not of requests';
  return retain ? retainedRequest : undefined;
}

const rejected = (): AuthenticateError =>
  Object.assign(new Error('A client id has 1 to 128 characters other than / + # and control characters'), {
    returnCode: identifierRejected,
  });
