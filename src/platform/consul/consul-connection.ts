import Consul from 'consul';

export interface ConsulSettings {
  readonly host: string;
  readonly port: number;
  readonly secure?: boolean;
  /** ACL token. */
  readonly token?: string;
}

/** Opens no connection before the first request. */
export const connectConsul = ({ host, port, secure = false, token }: ConsulSettings): Consul =>
  new Consul({ host, port, secure, ...(token !== undefined && { defaults: { token } }) });
