/**
 * One level of a topic that goes into a packet of ours: no separator, no wildcard, and none of the characters for which
 * a broker would close the connection that the replies of all clients leave by.
 */
const level = '[^/+#\\p{C}]{1,128}';
const clientIdPattern = new RegExp(`^${level}$`, 'u');
const ownedTopic = new RegExp(`^(${level})(?:/${level}){1,8}$`, 'u');

/** Whether `<prefix>/clients/<client id>/` is of this client alone. */
export const isUsableClientId = (clientId: string): boolean => clientIdPattern.test(clientId);

/** The topics that replies go to: `<prefix>/clients/<client id>/…`. */
export class ReplyTopics {
  readonly #root: string;

  constructor(topicPrefix: string) {
    this.#root = `${topicPrefix}/clients/`;
  }

  /** The client id in a reply topic; undefined for any other topic. */
  ownerOf(topic: string): string | undefined {
    return topic.startsWith(this.#root) ? ownedTopic.exec(topic.slice(this.#root.length))?.[1] : undefined;
  }

  /** What all reply topics of one client begin with. */
  rootOf(clientId: string): string {
    return `${this.#root}${clientId}/`;
  }
}
