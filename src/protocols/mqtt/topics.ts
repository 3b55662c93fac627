const beforeSender = '/from/';

/** Splits at the first `/from/`, before the client id that the ACL of the broker checks. Client ids must not contain it. */
export function readRequestTopic(topic: string) {
  const at = topic.indexOf(beforeSender);
  if (at < 0) return { procedure: topic, sender: undefined };
  return { procedure: topic.slice(0, at), sender: topic.slice(at + beforeSender.length) };
}

export const withSender = (procedure: string, clientId: string): string => `${procedure}${beforeSender}${clientId}`;

/** A broker would close the shared reply connection over one of the excluded characters. */
const level = '[^/+#\\p{C}]{1,128}';
const clientIdPattern = new RegExp(`^${level}$`, 'u');
const ownedTopic = new RegExp(`^(${level})(?:/${level}){1,8}$`, 'u');

export const isUsableClientId = (clientId: string): boolean => clientIdPattern.test(clientId);

export class Topics {
  readonly requests: string;
  readonly #replies: string;

  constructor(prefix: string) {
    this.requests = `${prefix}/rpc/`;
    this.#replies = `${prefix}/clients/`;
  }

  /** Id of the client that may read the replies on `topic`. */
  ownerOf(topic: string): string | undefined {
    return topic.startsWith(this.#replies) ? ownedTopic.exec(topic.slice(this.#replies.length))?.[1] : undefined;
  }

  isReadableBy(clientId: string, topic: string): boolean {
    return topic.startsWith(`${this.#replies}${clientId}/`);
  }
}

export function matches(filter: string, topic: string): boolean {
  if (filter === topic) return true;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  const isOpen = wanted.at(-1) === '#';
  const fixed = isOpen ? wanted.slice(0, -1) : wanted;
  if (isOpen ? levels.length < fixed.length : levels.length !== fixed.length) return false;
  return fixed.every((level, index) => level === '+' || level === levels[index]);
}
