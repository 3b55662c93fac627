export interface RequestTopic {
  /** `<prefix>/rpc/users/create-user`. */
  readonly procedure: string;
  /** The client id behind `/from/`, which an access rule of the broker vouches for. */
  readonly sender: string | undefined;
}

const beforeSender = '/from/';

/** At the first `/from/`: a client id may hold another one, and then is nobody who could be answered. */
export function readRequestTopic(topic: string): RequestTopic {
  const at = topic.indexOf(beforeSender);
  if (at < 0) return { procedure: topic, sender: undefined };
  return { procedure: topic.slice(0, at), sender: topic.slice(at + beforeSender.length) };
}

export const withSender = (procedure: string, clientId: string): string => `${procedure}${beforeSender}${clientId}`;
